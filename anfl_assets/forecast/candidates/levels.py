"""A weekly profile on a robust level: the median of the last weeks, standing or moving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.candidates.week import without_week
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import WEEK, Floats

_DAYS = 730
_LEVEL = 4 * WEEK
_HALF_YEAR = 26 * WEEK


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


@dataclass(frozen=True)
class MedianTrend:
    """The median of the last four weeks, and how it has moved in half a year, going on."""

    name: str = "trend of half a year"
    fit_every: int = 1

    def fit(self, past: Past) -> MedianTrend:
        """Return itself: there is nothing to learn; refuse where half a year is not known."""
        if past.rest.size < _HALF_YEAR + _LEVEL:
            raise ForecastError("less than 30 weeks are known")
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Go on from the middle of the four weeks, along the line through both medians."""
        rest, week = without_week(past.rest[-_HALF_YEAR - _LEVEL :])
        level = np.median(rest[-_LEVEL:])
        slope = (level - np.median(rest[:_LEVEL])) / _HALF_YEAR
        leads = np.arange(1, horizon_days + 1) + _LEVEL / 2
        return np.asarray(level + slope * leads + np.resize(week, horizon_days))
