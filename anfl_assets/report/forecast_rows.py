"""What is kept of forecasts (§3.2): the rows of vintages, of their days and of how they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

VINTAGES = "vintages"
DAYS = "days"
SCORES = "scores"


@dataclass(frozen=True)
class VintageRow:
    """One forecast of one series, made from the days up to `origin_day`. Times are UTC.

    `model` is the catalog's (`capacity_planning`), `form` which daily series of the metric
    (`daily peak`). `status` is forecastable, not_forecastable (it is shown, never alerts) or
    refused (nothing was forecast: numbers are None, lists empty); `reason` says why.
    `definition` is the hash of the metric's compiled definition. Weights and errors are in the
    order of `candidates`. Errors are MASE, coverages shares of 1, `skill` 1 - mase / floor_mase.
    `threshold_probability` is that of having crossed by the horizon's end; `threshold_day_50` the
    first day by which it is at least 50 %; `threshold_day_expected` that on which the mean itself
    is across. The same of `target`. `is_across_now`: the newest known value is across the
    threshold already. `recent` are the newest known days up to the origin, oldest first (at most
    180, None where a day had no value). `program` is the version of this program and
    the hash of its method (`flow/forecasting/method.py`).
    """

    vintage_id: str
    model: str
    metric_id: str
    subject: str
    is_whole: bool
    form: str
    unit: str
    direction: str
    target: float
    threshold: float
    definition: str
    origin_day: date
    horizon_days: int
    first_train_day: date | None
    train_days: int
    status: str
    reason: str
    notes: list[str]
    candidates: list[str]
    weights: list[float]
    candidate_mase: list[float | None]
    failures: list[str | None]
    floor_name: str | None
    scale: float | None
    origins: int
    mase: float | None
    floor_mase: float | None
    smape_pct: float | None
    coverage_80: float | None
    coverage_95: float | None
    skill: float | None
    is_across_now: bool
    threshold_probability: float | None
    threshold_day_50: date | None
    threshold_day_90: date | None
    threshold_day_expected: date | None
    target_probability: float | None
    target_day_50: date | None
    target_day_90: date | None
    target_day_expected: date | None
    recent: list[float | None]
    computed_at: datetime
    build_id: str
    program: str = ""


@dataclass(frozen=True)
class ForecastDay:
    """One day of a vintage, in the metric's unit; probabilities are of having crossed by then."""

    vintage_id: str
    day: date
    lead_days: int
    mean: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float
    floor: float
    threshold_probability: float
    target_probability: float


@dataclass(frozen=True)
class ScoreRow:
    """One forecast day whose truth is known: of a vintage (`live`) or of its backtest.

    Only at the leads 1, 7, 30 and 90. A backtest's rows are those of the first vintage of a series
    (and again after its definition changed), so that nothing counts twice.
    """

    vintage_id: str
    kind: str
    model: str
    metric_id: str
    subject: str
    form: str
    definition: str
    origin_day: date
    day: date
    lead_days: int
    actual: float
    mean: float
    floor: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float
    scale: float
    scored_at: datetime
