"""One forecast in words, with the address of its fan: as lists of several pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request

from anfl_assets.pages.forecasts.standing import Forecasts, Standing
from anfl_assets.report.forecast_words import VERDICT_LOOKS, crossing_words
from anfl_assets.report.forecasts import VintageRow
from anfl_assets.report.metric_words import title
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.looks import Look
from anfl_assets.wording.numbers import NOTHING, quantity

# Lines below a heading; all of them are a page of their own.
_MOST = 5


@dataclass(frozen=True)
class ForecastLine:
    """One standing forecast: its newest known value, and the one expected at the horizon's end."""

    row: VintageRow
    title: str
    name: str
    address: str
    look: Look
    crossing: str
    threshold: str
    newest: str
    expected: str

    @property
    def foretold(self) -> str:
        """Say it in a sentence: `db-2/disk crosses 90 % around 12 January (even odds), …`."""
        return f"{self.name} {self.crossing}"


@dataclass(frozen=True)
class Coming:
    """What is foretold, the soonest first; `more` are not listed.

    Of `total` forecasts `distrusted` are not forecastable, `stale` too old: they foretell nothing.
    """

    lines: Sequence[ForecastLine]
    more: int
    total: int
    distrusted: int
    stale: int
    problem: str = ""


def forecast_line(row: VintageRow, standing: Standing) -> ForecastLine:
    """Return a forecast in words."""
    days = standing.days.get(row.vintage_id, ())
    newest = next((value for value in reversed(row.recent) if value is not None), None)
    return ForecastLine(
        row=row,
        title=title(row.metric_id),
        name=one_line(row.subject if row.subject != "all" else title(row.metric_id), 80),
        address=fan_address(row),
        look=VERDICT_LOOKS[row.status],
        crossing=crossing_words(row),
        threshold=f"{_beyond(row)} {quantity(row.threshold, row.unit)}",
        newest=quantity(newest, row.unit),
        expected=quantity(days[-1].mean, row.unit) if days else NOTHING,
    )


async def coming_now(request: Request) -> Coming:
    """Return what is foretold, and of how many forecasts."""
    forecasts: Forecasts = request.app.state.forecasts
    standing = await forecasts.current()
    rows, now = standing.vintages, forecasts.clock.now()
    foretold = forecasts.soonest(standing)
    return Coming(
        lines=[forecast_line(row, standing) for row in foretold[:_MOST]],
        more=max(len(foretold) - _MOST, 0),
        total=len(rows),
        distrusted=sum(row.status != "forecastable" for row in rows),
        stale=sum(forecasts.is_stale(row, now) for row in rows),
        problem=standing.problem,
    )


async def soonest_by_metric(request: Request) -> Mapping[str, ForecastLine]:
    """Return of each metric the soonest crossing that is foretold; of others nothing."""
    forecasts: Forecasts = request.app.state.forecasts
    standing = await forecasts.current()
    soonest = {row.metric_id: row for row in reversed(forecasts.foretold(standing))}
    return {metric_id: forecast_line(row, standing) for metric_id, row in soonest.items()}


def fan_address(row: VintageRow) -> str:
    """Return the address of a forecast on its metric's page."""
    asked = urlencode({"subject": row.subject, "form": row.form}, errors="replace")
    return f"/metrics/{quote(row.metric_id, safe='')}?{asked}#forecast"


def _beyond(row: VintageRow) -> str:
    return ">" if row.direction == "lower_is_better" else "<"
