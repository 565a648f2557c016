"""From what was foreseen of a series to the rows that are kept of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from anfl_assets.flow.forecasting.piece import Foreseen, Refused
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.forecast.crossing import Crossing, Side
from anfl_assets.forecast.outlook import Outlook
from anfl_assets.forecast.series import DailySeries
from anfl_assets.report.forecasts import ForecastDay, ScoreRow, VintageRow
from anfl_assets.report.tally import BACKTEST

REFUSED = "refused"
# How the reason of a refusal begins where not the series was at fault.
LOST = "forecasting it was lost"
_RECENT_DAYS = 180
_SKILL = ("origins", "mase", "floor_mase", "smape_pct", "coverage_80", "coverage_95", "skill")
_LISTS = ("list[str]", "list[float]", "list[float | None]", "list[str | None]")
_SHARED = ("vintage_id", "model", "metric_id", "subject", "form", "definition")


@dataclass(frozen=True)
class Made:
    """A vintage, its days and its whole backtest; a refused one has neither days nor scores."""

    vintage: VintageRow
    days: Sequence[ForecastDay]
    scores: Sequence[ScoreRow]


@dataclass(frozen=True)
class Making:
    """Of which build vintages are made, when, and by what (`method.program`).

    `newest_day` is the newest closed day of all series: where one has no day of its own, its
    refusal stands as of that.
    """

    build_id: str
    now: datetime
    program: str
    newest_day: date


def side_of(asked: AskedSeries) -> Side:
    """Return where a value is worse than a level."""
    return "above" if asked.metric.direction == "lower_is_better" else "below"


def recent_of(series: DailySeries) -> list[float | None]:
    """Return the newest known days, at most 180, the oldest first; None where there was none."""
    newest = series.values[-_RECENT_DAYS:].tolist()
    return [value if np.isfinite(value) else None for value in newest]


def made_of(asked: AskedSeries, foreseen: Foreseen | Refused, making: Making) -> Made:
    """Put what was foreseen into rows."""
    if isinstance(foreseen, Refused):
        return Made(_refused(asked, foreseen, making), (), ())
    vintage = VintageRow(**_asked(asked, making), **_foreseen(foreseen))
    return Made(vintage, _days(vintage, foreseen), _backtest(vintage, foreseen.outlook))


def _asked(asked: AskedSeries, making: Making) -> dict[str, Any]:
    origin = asked.series.last_day if asked.series else making.newest_day
    values = asked.series.values if asked.series else np.empty(0)
    return {
        "vintage_id": _vintage_id(asked, origin, making.now),
        "model": asked.model,
        "metric_id": asked.metric.metric_id,
        "subject": asked.subject,
        "is_whole": asked.is_whole,
        "form": asked.form,
        "unit": asked.metric.unit.value,
        "direction": asked.metric.direction,
        "target": asked.target,
        "threshold": asked.threshold,
        "definition": asked.definition,
        "origin_day": origin,
        "horizon_days": asked.horizon_days,
        "first_train_day": asked.series.first_day if asked.series else None,
        "train_days": int(np.isfinite(values).sum()),
        "is_across_now": bool(values.size) and _is_across(values[-1], asked),
        "recent": recent_of(asked.series) if asked.series else [],
        "computed_at": making.now,
        "build_id": making.build_id,
        "program": making.program,
    }


def _is_across(value: float, asked: AskedSeries) -> bool:
    above = side_of(asked) == "above"
    return bool(value > asked.threshold if above else value < asked.threshold)


def _vintage_id(asked: AskedSeries, origin: date, now: datetime) -> str:
    """Name a vintage: ids sort by origin; the same series made at the same moment has the same."""
    parts = (asked.model, asked.metric.metric_id, asked.subject, asked.form, asked.definition)
    text = "\n".join((*parts, now.isoformat()))
    return f"{origin:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _refused(asked: AskedSeries, refused: Refused, making: Making) -> VintageRow:
    """Return a row that tells who was asked for and why there is no forecast, and nothing else."""
    told = {**_asked(asked, making), "status": REFUSED, "reason": refused.reason, "origins": 0}
    empty: dict[str, Any] = {
        each.name: [] if each.type in _LISTS else None for each in fields(VintageRow)
    }
    return VintageRow(**{**empty, **told})


def _foreseen(foreseen: Foreseen) -> dict[str, Any]:
    outlook = foreseen.outlook
    return {
        "status": outlook.verdict,
        "reason": outlook.reason,
        "notes": list(outlook.notes),
        "candidates": [each.name for each in outlook.candidates],
        "weights": [each.weight for each in outlook.candidates],
        "candidate_mase": [each.mase for each in outlook.candidates],
        "failures": [each.failure for each in outlook.candidates],
        "floor_name": outlook.floor_name,
        "scale": outlook.scale,
        **{name: getattr(outlook.skill, name) for name in _SKILL},
        **_crossed("threshold", foreseen.threshold, outlook.first_day),
        **_crossed("target", foreseen.target, outlook.first_day),
    }


def _crossed(level: str, crossing: Crossing, first_day: date) -> dict[str, Any]:
    return {
        f"{level}_probability": float(crossing.by_day[-1]),
        f"{level}_day_50": _day(first_day, crossing.lead_50),
        f"{level}_day_90": _day(first_day, crossing.lead_90),
        f"{level}_day_expected": _day(first_day, crossing.expected_lead),
    }


def _day(first_day: date, lead: int | None) -> date | None:
    return None if lead is None else first_day + timedelta(days=lead - 1)


def _days(vintage: VintageRow, foreseen: Foreseen) -> list[ForecastDay]:
    outlook = foreseen.outlook
    near, far = outlook.intervals[80], outlook.intervals[95]
    columns = (
        outlook.mean,
        near.lower,
        near.upper,
        far.lower,
        far.upper,
        outlook.floor,
        foreseen.threshold.by_day,
        foreseen.target.by_day,
    )
    return [
        ForecastDay(vintage.vintage_id, outlook.first_day + timedelta(days=place), place + 1, *told)
        for place, told in enumerate(np.column_stack(columns).tolist())
    ]


def _backtest(vintage: VintageRow, outlook: Outlook) -> list[ScoreRow]:
    return [
        ScoreRow(
            **{name: getattr(vintage, name) for name in _SHARED},
            kind=BACKTEST,
            origin_day=each.origin_day,
            day=each.origin_day + timedelta(days=each.lead_days),
            lead_days=each.lead_days,
            actual=each.actual,
            mean=each.forecast,
            floor=each.floor,
            lower_80=each.lower_80,
            upper_80=each.upper_80,
            lower_95=each.lower_95,
            upper_95=each.upper_95,
            scale=outlook.scale,
            scored_at=vintage.computed_at,
        )
        for each in outlook.scores
    ]
