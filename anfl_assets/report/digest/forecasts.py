"""What a digest tells of forecasts: which thresholds will be crossed, and what cannot be told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from anfl_assets.catalog.model import Catalog
from anfl_assets.chart.image import svg
from anfl_assets.report.digest.content import ForecastsTold
from anfl_assets.report.fan import drawn_fan, fan_words
from anfl_assets.report.forecast_words import crossing_words, first_of_each
from anfl_assets.report.forecasts import (
    VintageRow,
    days_of_all,
    foretells,
    is_stale,
    standing_vintages,
)
from anfl_assets.report.metric_words import subject_title
from anfl_assets.store.workspace import Workspace

_LISTED, _DRAWN = 8, 2
_WIDTH, _HEIGHT = 560, 200


def told_forecasts(
    workspace: Workspace, catalog: Catalog, *, known_at: datetime
) -> ForecastsTold | None:
    """Return what the forecasts made by a moment foretell; None where none had been made.

    An old one foretells nothing any more.
    """
    standing = standing_vintages(workspace, known_at=known_at)
    if not standing:
        return None
    stale = {row.vintage_id for row in standing if _is_stale(row, catalog, known_at)}
    foretold = first_of_each(
        [row for row in standing if foretells(row) and row.vintage_id not in stale]
    )
    drawn = [row.vintage_id for row in foretold[:_DRAWN]]
    return ForecastsTold(
        foretold=tuple(foretold[:_LISTED]),
        more=max(len(foretold) - _LISTED, 0),
        days=days_of_all(workspace, drawn) if drawn else {},
        total=len(standing),
        stale=len(stale),
        distrusted=sum(row.status == "not_forecastable" for row in standing),
        refused=sum(row.status == "refused" for row in standing),
    )


def fan_charts(told: ForecastsTold) -> dict[str, tuple[str, str]]:
    """Return the fans of the soonest crossings by the forecast's id: as SVG, and in words."""
    return {
        row.vintage_id: (
            svg(drawn_fan(row, days, "light", width=_WIDTH, height=_HEIGHT)),
            fan_words(row, days),
        )
        for row in told.foretold
        if (days := told.days.get(row.vintage_id))
    }


def foretold_line(row: VintageRow) -> str:
    """Say it in a sentence: `Resource utilization of db-2/disk crosses 90 % around 12 …`."""
    return f"{subject_title(row.metric_id, row.subject)} {crossing_words(row)}"


def forecasts_as_json(told: ForecastsTold | None) -> dict[str, Any] | None:
    """Return it as data: the figures of each forecast that foretells a crossing."""
    if told is None:
        return None
    left_out = ("recent", "candidates", "weights", "candidate_mase", "failures", "notes")
    return {
        "foretold": [
            {name: value for name, value in asdict(row).items() if name not in left_out}
            for row in told.foretold
        ],
        "more": told.more,
        "forecasts": told.total,
        "not_forecastable": told.distrusted,
        "refused": told.refused,
        "stale": told.stale,
    }


def _is_stale(row: VintageRow, catalog: Catalog, at: datetime) -> bool:
    asked = catalog.forecasts.get(row.model)
    return asked is None or is_stale(row, asked, at)
