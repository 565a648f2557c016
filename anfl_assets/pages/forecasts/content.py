"""The page of all forecasts: what will cross, what may be trusted, what not, and how they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anfl_assets.catalog import Catalog
from anfl_assets.pages.forecasts.lines import ForecastLine, fan_address, forecast_line
from anfl_assets.pages.forecasts.standing import Forecasts, Standing
from anfl_assets.report.forecast_words import VERDICT_LOOKS
from anfl_assets.report.metric_words import title
from anfl_assets.report.scorecard import ScorecardRow
from anfl_assets.wording.looks import Look


@dataclass(frozen=True)
class Scored:
    """How one series was forecast, all leads together, and where its fan is."""

    row: ScorecardRow
    title: str
    address: str
    look: Look


def content(
    catalog: Catalog, forecasts: Forecasts, standing: Standing, now: datetime
) -> Mapping[str, Any]:
    """Return what the template shows; `stale` are the ids of those too old to go by."""
    trusted = [row for row in standing.vintages if row.status == "forecastable"]
    foretold = forecasts.foretold(standing)
    told = {row.vintage_id for row in foretold}
    return {
        "models": catalog.forecasts.values(),
        "standing": standing,
        "foretold": _lines(standing, foretold),
        "trusted": _lines(standing, [row for row in trusted if row.vintage_id not in told]),
        "distrusted": _lines(
            standing, [row for row in standing.vintages if row.status != "forecastable"]
        ),
        "stale": {row.vintage_id for row in standing.vintages if forecasts.is_stale(row, now)},
        "scores": _scores(standing),
        "computed_at": max((row.computed_at for row in standing.vintages), default=None),
    }


def _lines(standing: Standing, rows: Sequence[Any]) -> list[ForecastLine]:
    return [forecast_line(row, standing) for row in rows]


def _scores(standing: Standing) -> list[Scored]:
    rows = {row.vintage_id: row for row in standing.vintages}
    return [
        Scored(
            score,
            title(score.metric_id),
            fan_address(rows[score.vintage_id]),
            VERDICT_LOOKS[score.verdict],
        )
        for score in standing.scores
        if score.lead_days is None and score.vintage_id in rows
    ]
