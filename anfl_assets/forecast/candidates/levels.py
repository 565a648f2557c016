"""A weekly profile on a level: smoothed exponentially, or the median of the last weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from anfl_assets.forecast.candidates.week import without_week
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import WEEK, Floats

_ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
_DAYS = 730


@dataclass(frozen=True)
class SmoothedLevel:
    """Simple exponential smoothing (Brown 1956) of what the weekly profile leaves."""

    name: str = "smoothed level"
    fit_every: int = 1

    def fit(self, past: Past) -> SmoothedLevelFit:
        """Choose the smoothing with the least squared one-step error over the last two years."""
        rest, _ = without_week(past.rest[-_DAYS:])
        errors = [np.mean(np.square(rest[1:] - _levels(rest, a)[:-1])) for a in _ALPHAS]
        return SmoothedLevelFit(_ALPHAS[int(np.argmin(errors))])


@dataclass(frozen=True)
class SmoothedLevelFit:
    """The smoothing chosen."""

    alpha: float

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Return the last level plus the weekly profile."""
        rest, week = without_week(past.rest[-_DAYS:])
        return np.asarray(_levels(rest, self.alpha)[-1] + np.resize(week, horizon_days))


@dataclass(frozen=True)
class MedianLevel:
    """The median of the last weeks; slow to follow, hard to fool."""

    weeks: int
    fit_every: int = 1

    @property
    def name(self) -> str:
        """The name, with the weeks."""
        return f"median of {self.weeks} weeks"

    def fit(self, past: Past) -> MedianLevel:
        """Return itself: there is nothing to learn."""
        del past
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Return the median level plus the weekly profile."""
        rest, week = without_week(past.rest[-_DAYS:])
        level = np.median(rest[-self.weeks * WEEK :])
        return np.asarray(level + np.resize(week, horizon_days))


def _levels(values: Floats, alpha: float) -> Floats:
    smoothed, _ = lfilter([alpha], [1, alpha - 1], values, zi=[(1 - alpha) * values[0]])
    return np.asarray(smoothed)
