"""Standing forecasts, the days of one, and the scorecard, as the API answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from anfl_assets.pages.forecasts.standing import Forecasts, Standing
from anfl_assets.pages.metric.asked import asked_metric
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.forecasts import ForecastDay, VintageRow, days_of, foretells
from anfl_assets.report.scorecard import ScorecardRow
from anfl_assets.wording.inert import one_line

_CHOSEN_BY = ("metric", "model", "subject", "form")
Series = TypeVar("Series", VintageRow, ScorecardRow)


@dataclass(frozen=True, kw_only=True)
class ForecastAnswer(VintageRow):
    """One standing forecast: what it says of the threshold and the target, and what it is worth.

    `is_foretold`: people are told of the crossing. `is_stale`: it is too old to go by.
    `candidate_mase` and `weights` are in the order of `candidates`; coverages are shares of 1.
    """

    is_foretold: bool
    is_stale: bool


async def asked_forecasts(request: Request) -> list[ForecastAnswer]:
    """Return the standing forecasts, the soonest foretold crossing first.

    Raises:
        PageError: no metric has the name, or they cannot be read.
    """
    forecasts: Forecasts = request.app.state.forecasts
    rows = _wanted(request, (await _standing(request)).vintages)
    now = forecasts.clock.now()
    return [
        ForecastAnswer(
            **vars(row), is_foretold=foretells(row), is_stale=forecasts.is_stale(row, now)
        )
        for row in rows
    ]


async def asked_days(request: Request) -> list[ForecastDay]:
    """Return the days of a forecast, also of one that does not stand any more.

    Raises:
        PageError: none has the id, or nothing was forecast.
    """
    site: Site = request.app.state.site
    vintage_id = request.path_params["vintage_id"]
    standing = await _standing(request)
    kept = standing.days.get(vintage_id)
    found = kept or await asyncio.to_thread(days_of, site.workspace, vintage_id)
    if not found:
        raise PageError(f"no forecast {one_line(vintage_id, 80)!r} has days", 404)
    return list(found)


async def asked_scorecard(request: Request) -> list[ScorecardRow]:
    """Return how each standing series was forecast, by lead; `lead_days` null is all leads.

    Raises:
        PageError: no metric has the name, or they cannot be read.
    """
    return _wanted(request, (await _standing(request)).scores)


async def _standing(request: Request) -> Standing:
    standing: Standing = await request.app.state.forecasts.current()
    if standing.problem:
        raise PageError(standing.problem, 503)
    return standing


def _wanted(request: Request, rows: Sequence[Series]) -> list[Series]:
    """Return the rows that the query asks for."""
    site: Site = request.app.state.site
    asked = {name: value for name in _CHOSEN_BY if (value := request.query_params.get(name))}
    if "metric" in asked:
        asked["metric_id"] = asked_metric(site.catalog, asked.pop("metric")).metric_id
    return [
        row for row in rows if all(getattr(row, name) == value for name, value in asked.items())
    ]
