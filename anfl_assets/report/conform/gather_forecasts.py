"""Gathering the forecasts that stand, summed up by model, metric and form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anfl_assets.report.conform.forecast_facts import ForecastFacts
from anfl_assets.report.forecasts import VintageRow, standing_vintages

if TYPE_CHECKING:
    from anfl_assets.store.workspace import Workspace


def forecasts(workspace: Workspace) -> tuple[ForecastFacts, ...]:
    """Sum up the standing vintages; none where nothing is kept."""
    grouped: dict[tuple[str, str, str], list[VintageRow]] = {}
    for row in standing_vintages(workspace):
        grouped.setdefault((row.model, row.metric_id, row.form), []).append(row)
    return tuple(_facts(rows) for rows in grouped.values())


def _facts(rows: list[VintageRow]) -> ForecastFacts:
    first = rows[0]
    return ForecastFacts(
        model=first.model,
        metric_id=first.metric_id,
        form=first.form,
        series=len(rows),
        forecastable=sum(row.status == "forecastable" for row in rows),
        refused=sum(row.status == "refused" for row in rows),
        horizon_days=frozenset(row.horizon_days for row in rows if row.status != "refused"),
        origin_day=max(row.origin_day for row in rows),
        computed_at=max(row.computed_at for row in rows),
    )
