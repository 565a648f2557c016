"""The naive methods, the floor that every forecast is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.candidates.candidate import Past
from anfl_assets.forecast.series import WEEK, Floats


@dataclass(frozen=True)
class Naive:
    """Tomorrow is as today."""

    name: str = "naive"
    shortest: int = 1

    def fit(self, past: Past) -> Naive:
        """Return itself: there is nothing to learn."""
        del past
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Repeat the last value."""
        return np.full(horizon_days, past.values[-1])


@dataclass(frozen=True)
class Drift:
    """The last value goes on along the line from the first value to it."""

    name: str = "drift"
    shortest: int = 2

    def fit(self, past: Past) -> Drift:
        """Return itself: there is nothing to learn."""
        del past
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Extend the line through the first and the last value."""
        slope = (past.values[-1] - past.values[0]) / (past.values.size - 1)
        return np.asarray(past.values[-1] + slope * np.arange(1, horizon_days + 1))


@dataclass(frozen=True)
class SeasonalNaive:
    """Each day is as the same weekday of the last week."""

    name: str = "seasonal naive"
    shortest: int = WEEK

    def fit(self, past: Past) -> SeasonalNaive:
        """Return itself: there is nothing to learn."""
        del past
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Repeat the last week."""
        return np.resize(past.values[-WEEK:], horizon_days)


FLOORS = (Naive(), SeasonalNaive(), Drift())
