"""How well each series has been forecast (§3.2): errors and coverage by lead, beside the verdict.

Of what rolling origins told when a series was first forecast, and of what came true since. Only
days that were forecast under the metric's present definition: another definition is another series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anfl_assets.report.forecast_tables import forecast_frame
from anfl_assets.report.forecasts import SCORES, SERIES, ScoreRow, VintageRow, standing_vintages
from anfl_assets.report.tally import Tally, tallies

if TYPE_CHECKING:
    from datetime import datetime

    from anfl_assets.store.workspace import Workspace

# What names a series under one definition.
DEFINED = (*SERIES, "definition")


@dataclass(frozen=True)
class ScorecardRow:
    """How one series did at one lead; `lead_days` None is all leads, each day weighing one.

    `verdict` and `reason` are those of the standing vintage, whose id is `vintage_id`.
    """

    model: str
    metric_id: str
    subject: str
    is_whole: bool
    form: str
    unit: str
    lead_days: int | None
    n_backtest: int
    n_live: int
    mase: float
    floor_mase: float
    smape_pct: float
    coverage_80: float
    coverage_95: float
    skill: float | None
    verdict: str
    reason: str
    vintage_id: str


def scorecard(
    workspace: Workspace,
    *,
    metric_id: str | None = None,
    kind: str | None = None,
    known_at: datetime | None = None,
) -> list[ScorecardRow]:
    """Return every series that has a scored day (of one metric or kind; as known at a moment).

    Of a `kind` only `live` days count, or only those of the `backtest`. In the order of
    `standing_vintages`; of each series all leads together first, then by lead.
    """
    import polars as pl

    frame = forecast_frame(workspace, SCORES, ScoreRow)
    if frame is None:
        return []
    if known_at is not None:
        frame = frame.filter(pl.col("scored_at") <= known_at)
    for name, value in {"metric_id": metric_id, "kind": kind}.items():
        if value is not None:
            frame = frame.filter(pl.col(name) == value)
    scores = frame.collect()
    found: dict[tuple[str, ...], list[tuple[int | None, Tally]]] = {}
    for key, told in tallies(scores.lazy(), DEFINED):
        found[key] = [(None, told)]
    for led, told in tallies(scores.lazy(), (*DEFINED, "lead_days")):
        found[led[:-1]].append((led[-1], told))
    return [
        _row(each, lead_days, told)
        for each in standing_vintages(workspace, known_at=known_at)
        for lead_days, told in found.get(tuple(getattr(each, name) for name in DEFINED), ())
    ]


def _row(standing: VintageRow, lead_days: int | None, told: Tally) -> ScorecardRow:
    return ScorecardRow(
        model=standing.model,
        metric_id=standing.metric_id,
        subject=standing.subject,
        is_whole=standing.is_whole,
        form=standing.form,
        unit=standing.unit,
        lead_days=lead_days,
        n_backtest=told.n_backtest,
        n_live=told.n_live,
        mase=told.mase,
        floor_mase=told.floor_mase,
        smape_pct=told.smape_pct,
        coverage_80=told.coverage_80,
        coverage_95=told.coverage_95,
        skill=told.skill,
        verdict=standing.status,
        reason=standing.reason,
        vintage_id=standing.vintage_id,
    )
