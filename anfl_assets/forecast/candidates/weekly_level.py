"""A weekly profile over an exponentially smoothed level (Brown 1956), the smoothing chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from anfl_assets.forecast.candidates.candidate import Past
from anfl_assets.forecast.series import WEEK, Floats

_ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
_WEEKS = 16


@dataclass(frozen=True)
class WeeklyLevel:
    """Simple exponential smoothing of what the weekly profile leaves."""

    name: str = "weekly level"
    shortest: int = 2 * WEEK

    def fit(self, past: Past) -> SmoothedLevel:
        """Choose the smoothing with the least squared one-step error over the last two years."""
        rest, _ = _without_week(past.values[-730:])
        errors = [np.mean(np.square(rest[1:] - _levels(rest, a)[:-1])) for a in _ALPHAS]
        return SmoothedLevel(_ALPHAS[int(np.argmin(errors))])


@dataclass(frozen=True)
class SmoothedLevel:
    """The fitted smoothing."""

    alpha: float

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Return the last level plus the weekly profile."""
        rest, week = _without_week(past.values[-730:])
        return np.asarray(_levels(rest, self.alpha)[-1] + np.resize(week, horizon_days))


def _without_week(values: Floats) -> tuple[Floats, Floats]:
    """Return the values less the profile, and the profile of the seven days that follow them."""
    recent = values[-(min(_WEEKS, values.size // WEEK) * WEEK) :].reshape(-1, WEEK)
    week = np.median(recent - recent.mean(axis=1, keepdims=True), axis=0)
    week = week - week.mean()
    backwards = np.resize(week[::-1], values.size)
    return values - backwards[::-1], week


def _levels(values: Floats, alpha: float) -> Floats:
    smoothed, _ = lfilter([alpha], [1, alpha - 1], values, zi=[(1 - alpha) * values[0]])
    return np.asarray(smoothed)
