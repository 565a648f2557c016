"""What a forecast says of one series: the days to come, how it was made, what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from anfl_assets.forecast.series import Floats

LEVELS = (80, 95)
LEADS = (1, 7, 30, 90)
Verdict = Literal["forecastable", "not_forecastable"]


@dataclass(frozen=True)
class Interval:
    """The lower and upper end for each day to come; shape (horizon,) each."""

    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class CandidateResult:
    """How a model did: its share of the combination and its mean error in the backtest.

    `mase` is None where it could not be run; `failure` says why, in words for people.
    """

    name: str
    weight: float
    mase: float | None
    failure: str | None = None


@dataclass(frozen=True)
class OriginScore:
    """One day of one rolling origin, forecast by the combination without seeing it.

    All values are in the series' unit; `floor` is the forecast of the best naive method as chosen
    before the origin.
    """

    origin_day: date
    lead_days: int
    actual: float
    forecast: float
    floor: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float


@dataclass(frozen=True)
class Skill:
    """The backtest in figures, over every scored day of every origin.

    `mase` and `floor_mase` are mean absolute errors by the in-sample mean |y[t] - y[t - 7]|
    (Hyndman & Koehler 2006); `skill` is 1 - mase / floor_mase; coverages are shares, 0 to 1.
    """

    origins: int
    mase: float
    floor_mase: float
    smape_pct: float
    coverage_80: float
    coverage_95: float
    skill: float


@dataclass(frozen=True)
class Outlook:
    """A forecast of one series, horizon days ahead. No value is NaN or outside the bounds.

    Attributes:
        first_day: the first day that is forecast; the last one learned from is the day before.
        mean: shape (horizon,), what is expected (the median of `paths` agrees with it).
        intervals: by level, 80 and 95; the wider holds the narrower.
        floor_name, floor: the naive method that did best before, and what it says.
        paths: shape (paths, horizon), ways the days may go together, each as likely as another.
        candidates: every model tried, the heaviest first.
        scale: the in-sample mean |y[t] - y[t - 7]| by which errors are divided.
        scores: the backtest day by day, at the leads of LEADS within the horizon, every origin.
        verdict, reason: whether it may be trusted, and why, in a sentence.
        notes: what was done to the series: `3 spikes set aside`, `level shift on 2026-11-16`.
    """

    first_day: date
    mean: Floats
    intervals: Mapping[int, Interval]
    floor_name: str
    floor: Floats
    paths: Floats
    candidates: Sequence[CandidateResult]
    scale: float
    scores: Sequence[OriginScore]
    skill: Skill
    verdict: Verdict
    reason: str
    notes: Sequence[str]
