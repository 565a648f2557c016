"""Forecasts made by hand, and a data folder that has them: what a run would have kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from anfl_assets.report.forecast_rows import (
    DAYS,
    SCORES,
    VINTAGES,
    ForecastDay,
    ScoreRow,
    VintageRow,
)
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace

ORIGIN = date(2026, 11, 22)
MADE_AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
_USUAL = VintageRow(
    vintage_id="v-disk",
    model="capacity_planning",
    metric_id="resource_utilization",
    subject="db-2/disk",
    is_whole=False,
    form="daily peak",
    unit="%",
    direction="lower_is_better",
    target=80.0,
    threshold=90.0,
    definition="d1",
    origin_day=ORIGIN,
    horizon_days=90,
    first_train_day=ORIGIN - timedelta(days=364),
    train_days=365,
    status="forecastable",
    reason="better than drift by 21 %, and its intervals hold",
    notes=["3 spikes set aside"],
    candidates=["theta", "ets", "prophet"],
    weights=[0.7, 0.3, 0.0],
    candidate_mase=[0.81, 0.9, None],
    failures=[None, None, "its optimiser did not converge"],
    floor_name="drift",
    scale=1.5,
    origins=6,
    mase=0.79,
    floor_mase=1.0,
    smape_pct=2.1,
    coverage_80=0.81,
    coverage_95=0.95,
    skill=0.21,
    is_across_now=False,
    threshold_probability=0.97,
    threshold_day_50=date(2027, 1, 12),
    threshold_day_90=date(2027, 1, 30),
    threshold_day_expected=date(2027, 1, 13),
    target_probability=1.0,
    target_day_50=date(2026, 11, 29),
    target_day_90=date(2026, 12, 4),
    target_day_expected=date(2026, 11, 30),
    recent=[],
    computed_at=MADE_AT,
    build_id="b1",
)
_NO_CROSSING: dict[str, Any] = {
    f"{limit}_{what}": None
    for limit in ("threshold", "target")
    for what in ("day_50", "day_90", "day_expected")
}


def vintage(**changed: Any) -> VintageRow:  # noqa: ANN401 - any field of a row
    """Return a trusted forecast that foretells a crossing on 12 January, with what is changed."""
    return replace(_USUAL, **changed)


def calm(**changed: Any) -> VintageRow:  # noqa: ANN401 - any field of a row
    """Return a trusted forecast that foretells nothing."""
    quiet = {"threshold_probability": 0.03, "target_probability": 0.1}
    return vintage(**{**_NO_CROSSING, **quiet, **changed})


def distrusted(**changed: Any) -> VintageRow:  # noqa: ANN401 - any field of a row
    """Return a forecast that is not better than the floor, though it crosses the threshold."""
    given = {"status": "not_forecastable", "reason": "no better than naive", "skill": -0.04}
    return vintage(**{**given, **changed})


def refused(**changed: Any) -> VintageRow:  # noqa: ANN401 - any field of a row
    """Return what is kept of a series that was too short to be forecast."""
    numbers = ("scale", "mase", "floor_mase", "smape_pct", "coverage_80", "coverage_95", "skill")
    empty: dict[str, Any] = {
        **dict.fromkeys((*numbers, "floor_name", "first_train_day"), None),
        **dict.fromkeys(("threshold_probability", "target_probability"), None),
        **{name: [] for name in ("notes", "candidates", "weights", "candidate_mase", "failures")},
    }
    given = {"status": "refused", "reason": "10 days with a value; it takes 28", "origins": 0}
    return vintage(**{**_NO_CROSSING, **empty, **given, "train_days": 10, **changed})


def fan(row: VintageRow, *, start: float = 84.0, step: float = 0.12) -> list[ForecastDay]:
    """Return the days of a vintage: a straight line in a widening fan."""
    if row.status == "refused":
        return []
    return [
        ForecastDay(
            vintage_id=row.vintage_id,
            day=row.origin_day + timedelta(days=lead),
            lead_days=lead,
            mean=(mean := start + step * lead),
            lower_80=mean - 1 - lead / 30,
            upper_80=min(mean + 1 + lead / 30, 100.0),
            lower_95=mean - 2 - lead / 15,
            upper_95=min(mean + 2 + lead / 15, 100.0),
            floor=start,
            threshold_probability=min(lead / row.horizon_days, 1.0),
            target_probability=1.0,
        )
        for lead in range(1, row.horizon_days + 1)
    ]


def score(row: VintageRow, lead: int, *, kind: str = "backtest", error: float = 1.0) -> ScoreRow:
    """Return a scored day of a series, wrong by `error` where the floor is wrong by 2."""
    return ScoreRow(
        vintage_id=row.vintage_id,
        kind=kind,
        model=row.model,
        metric_id=row.metric_id,
        subject=row.subject,
        form=row.form,
        definition=row.definition,
        origin_day=row.origin_day - timedelta(days=100),
        day=row.origin_day - timedelta(days=100 - lead),
        lead_days=lead,
        actual=80.0,
        mean=80.0 + error,
        floor=82.0,
        lower_80=80.5,
        upper_80=82.0,
        lower_95=79.0,
        upper_95=83.0,
        scale=row.scale or 1.0,
        scored_at=MADE_AT,
    )


def put(
    workspace: Workspace,
    vintages: Sequence[VintageRow],
    days: Sequence[ForecastDay] = (),
    scores: Sequence[ScoreRow] = (),
) -> None:
    """Add rows to the tables of forecasts of a data folder."""
    for table, rows in ((VINTAGES, vintages), (DAYS, days), (SCORES, scores)):
        if rows:
            lake.append(workspace.forecast_path(table), _frame(rows, vintages), metadata={})


def _frame(
    rows: Sequence[VintageRow] | Sequence[ForecastDay] | Sequence[ScoreRow],
    vintages: Sequence[VintageRow],
) -> pl.DataFrame:
    origins = {row.vintage_id: row.origin_day for row in vintages}
    day = [origins[row.vintage_id] for row in rows]
    months = [each.replace(day=1) for each in day]
    frame = pl.DataFrame([asdict(row) for row in rows], infer_schema_length=None)
    types: dict[str, pl.DataType] = {
        name: pl.List(kind)
        for name, kind in {
            "notes": pl.String(), "candidates": pl.String(), "failures": pl.String(),
            "weights": pl.Float64(), "candidate_mase": pl.Float64(), "recent": pl.Float64(),
        }.items()
        if name in frame.columns
    }  # fmt: skip
    # A column in which nothing is known has no type of its own.
    for name, kind in frame.schema.items():
        if kind == pl.Null():
            types[name] = pl.Date() if "_day" in name else pl.Float64()
    typed = pl.DataFrame(
        [each.cast(types.get(each.name, each.dtype)) for each in frame.get_columns()]
    )
    return typed.with_columns(date=pl.Series(day), month=pl.Series(months))
