"""How well each series has been forecast (§3.2): errors and coverage by lead, beside the verdict.

Of what rolling origins told when a series was first forecast, and of what came true since. Only
days that were forecast under the metric's present definition: another definition is another series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anfl_assets.report.forecast_tables import forecast_frame, rows_of
from anfl_assets.report.forecasts import SCORES, ScoreRow, VintageRow, standing_vintages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from anfl_assets.store.workspace import Workspace

LIVE = "live"
BACKTEST = "backtest"

# Model, metric, subject, form and definition.
SeriesKey = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Tally:
    """Scored days in figures: errors in MASE, coverages as shares of 1, `skill` as in a vintage.

    `skill` is None where the floor made no error at all. `smape_pct` is 0 to 200.
    """

    n_backtest: int
    n_live: int
    mase: float
    floor_mase: float
    smape_pct: float
    coverage_80: float
    coverage_95: float
    skill: float | None


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
    """Return every series that has a scored day (of one metric; as was known at a moment).

    Of a `kind` only `live` days count, or only those of the `backtest`. In the order of
    `standing_vintages`; of each series all leads together first, then by lead.
    """
    standing = [
        row
        for row in standing_vintages(workspace, known_at=known_at)
        if metric_id in {None, row.metric_id}
    ]
    scores = scores_of(workspace, {each.metric_id for each in standing}, known_at=known_at)
    return [
        row
        for each in standing
        for row in _series_rows(
            each,
            [one for one in scores.get(series_key(each), ()) if kind in {None, one.kind}],
        )
    ]


def scores_of(
    workspace: Workspace, metric_ids: Collection[str], *, known_at: datetime | None = None
) -> dict[SeriesKey, list[ScoreRow]]:
    """Return the scored days of metrics by series and definition, the oldest origin first."""
    import polars as pl

    frame = forecast_frame(workspace, SCORES, ScoreRow)
    if frame is None:
        return {}
    if known_at is not None:
        frame = frame.filter(pl.col("scored_at") <= known_at)
    wanted = frame.filter(pl.col("metric_id").is_in(list(metric_ids)))
    found: dict[SeriesKey, list[ScoreRow]] = {}
    for row in rows_of(wanted.sort("origin_day", "lead_days")):
        score = ScoreRow(**row)
        found.setdefault(series_key(score), []).append(score)
    return found


def series_key(row: VintageRow | ScoreRow) -> SeriesKey:
    """Return what names a series under one definition."""
    return row.model, row.metric_id, row.subject, row.form, row.definition


def tally(scores: Sequence[ScoreRow]) -> Tally:
    """Put scored days into figures; there must be at least one."""
    n = len(scores)
    live = sum(each.kind == LIVE for each in scores)
    mase = sum(abs(each.actual - each.mean) / each.scale for each in scores) / n
    floor_mase = sum(abs(each.actual - each.floor) / each.scale for each in scores) / n
    return Tally(
        n_backtest=n - live,
        n_live=live,
        mase=mase,
        floor_mase=floor_mase,
        smape_pct=sum(_smape_pct(each) for each in scores) / n,
        coverage_80=sum(each.lower_80 <= each.actual <= each.upper_80 for each in scores) / n,
        coverage_95=sum(each.lower_95 <= each.actual <= each.upper_95 for each in scores) / n,
        skill=1 - mase / floor_mase if floor_mase > 0 else None,
    )


def _series_rows(standing: VintageRow, scores: Sequence[ScoreRow]) -> Iterable[ScorecardRow]:
    by_lead: dict[int | None, list[ScoreRow]] = {None: list(scores)} if scores else {}
    for score in sorted(scores, key=lambda each: each.lead_days):
        by_lead.setdefault(score.lead_days, []).append(score)
    for lead_days, chosen in by_lead.items():
        yield ScorecardRow(
            model=standing.model,
            metric_id=standing.metric_id,
            subject=standing.subject,
            is_whole=standing.is_whole,
            form=standing.form,
            unit=standing.unit,
            lead_days=lead_days,
            verdict=standing.status,
            reason=standing.reason,
            vintage_id=standing.vintage_id,
            **vars(tally(chosen)),
        )


def _smape_pct(score: ScoreRow) -> float:
    size = abs(score.actual) + abs(score.mean)
    return 200 * abs(score.actual - score.mean) / size if size else 0.0
