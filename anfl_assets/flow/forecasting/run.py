"""The forecasts of §3.2 on one published build: made where due, kept, and scored once known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.catalog.model import Catalog
from anfl_assets.flow.forecasting.due import by_name, name_of, says_more, standing_of
from anfl_assets.flow.forecasting.keep import KeepingEachMinute
from anfl_assets.flow.forecasting.make import make
from anfl_assets.flow.forecasting.method import program
from anfl_assets.flow.forecasting.score import score_due
from anfl_assets.flow.forecasting.series import AskedSeries, asked_series
from anfl_assets.flow.forecasting.vintage import Made
from anfl_assets.report.forecasts import VintageRow, standing_vintages
from anfl_assets.report.published import Published


@dataclass(frozen=True)
class Told:
    """One series is done: the `number`-th of `total`, and how many seconds of a core it took.

    `is_standing`: its vintage was kept by an earlier run, and nothing of it has changed.
    """

    number: int
    total: int
    vintage: VintageRow
    is_standing: bool
    seconds: float


OnSeries = Callable[[Told], None]


@dataclass(frozen=True)
class ForecastRun:
    """What a run did: vintages made now, those that stand, days of older ones that were scored."""

    made: Sequence[Made]
    standing: Sequence[VintageRow]
    scored: int


def run_forecasts(
    published: Published,
    catalog: Catalog,
    models: Sequence[str],
    *,
    now: datetime,
    again: bool = False,
    on_series: OnSeries | None = None,
) -> ForecastRun:
    """Score what came true, make every vintage that is due and keep it (`again`: all of them).

    A second run on the same days makes nothing: its series are told as standing. One after a run
    that was killed makes what that had not kept yet.
    """
    asked = _asked(published, catalog, models, as_of=None)
    scored = score_due(published.workspace, asked, now=now, build_id=published.build.build_id)
    kept = by_name(standing_vintages(published.workspace))
    standing = {} if again else standing_of(asked, kept, program())
    due = [each for each in asked if name_of(each) not in standing]
    tell = _Teller(len(asked), on_series)
    for row in standing.values():
        tell.standing(row)
    keeping = KeepingEachMinute(published.workspace)

    def on_made(made: Made, seconds: float) -> None:
        if again or says_more(made, kept):
            keeping.add(made)
        tell.made(made, seconds)

    made = make(published, due, now=now, tell=on_made)
    keeping.keep()
    return ForecastRun(made, list(standing.values()), scored)


def make_vintages(
    published: Published,
    catalog: Catalog,
    models: Sequence[str],
    *,
    now: datetime,
    as_of: datetime | None = None,
    on_series: OnSeries | None = None,
) -> list[Made]:
    """Forecast every series of the models, and keep nothing; in the order they are asked for.

    What is made `as_of` an earlier moment is a look back by someone who could know better: it is
    never kept.
    """
    asked = _asked(published, catalog, models, as_of=as_of)
    return make(published, asked, now=now, tell=_Teller(len(asked), on_series).made)


def backtest_of(
    published: Published,
    catalog: Catalog,
    metric_id: str,
    *,
    now: datetime,
    subject: str | None = None,
    form: str | None = None,
    on_series: OnSeries | None = None,
) -> list[Made]:
    """Forecast the series of one metric, with their whole backtests, and keep nothing."""
    models = [name for name, each in catalog.forecasts.items() if metric_id in each.metric_ids]
    asked = [
        each
        for each in _asked(published, catalog, models, as_of=None)
        if each.metric.metric_id == metric_id
        and subject in {None, each.subject}
        and form in {None, each.form}
    ]
    return make(published, asked, now=now, tell=_Teller(len(asked), on_series).made)


class _Teller:
    """Counts the series that are done, and tells each to who wants to know."""

    def __init__(self, total: int, on_series: OnSeries | None) -> None:
        self._number, self._total, self._on_series = 0, total, on_series

    def standing(self, row: VintageRow) -> None:
        self._tell(row, is_standing=True, seconds=0.0)

    def made(self, made: Made, seconds: float) -> None:
        self._tell(made.vintage, is_standing=False, seconds=seconds)

    def _tell(self, row: VintageRow, *, is_standing: bool, seconds: float) -> None:
        self._number += 1
        if self._on_series is not None:
            self._on_series(Told(self._number, self._total, row, is_standing, seconds))


def _asked(
    published: Published, catalog: Catalog, models: Sequence[str], *, as_of: datetime | None
) -> list[AskedSeries]:
    return [
        each
        for name in models
        for each in asked_series(published, catalog, catalog.forecasts[name], as_of=as_of)
    ]
