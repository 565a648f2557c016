"""What a year adds: any candidate on what the year leaves, or simply the same days a year ago."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.candidates.candidate import Candidate, Fitted
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import WEEK, Floats

_YEAR = 52 * WEEK
_LEVEL = 4 * WEEK


@dataclass(frozen=True)
class Plain:
    """A candidate that is not told of the year."""

    inner: Candidate

    @property
    def name(self) -> str:
        """The inner candidate's."""
        return self.inner.name

    @property
    def fit_every(self) -> int:
        """As the inner candidate."""
        return self.inner.fit_every

    def fit(self, past: Past) -> PlainFit:
        """Fit it on the values as they are."""
        return PlainFit(self.inner.fit(_forget_year(past)))


@dataclass(frozen=True)
class PlainFit:
    """The inner fit."""

    inner: Fitted

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Forecast the values as they are."""
        return self.inner.forecast(_forget_year(past), horizon_days)


@dataclass(frozen=True)
class WithYear:
    """A candidate on what the year leaves, and the year added to its forecast."""

    inner: Candidate

    @property
    def name(self) -> str:
        """The inner candidate's, and the year."""
        return f"{self.inner.name} + year"

    @property
    def fit_every(self) -> int:
        """As the inner candidate."""
        return self.inner.fit_every

    def fit(self, past: Past) -> WithYearFit:
        """Fit the inner candidate; refuse where no year repeats, as it would say the same."""
        if not past.year_share:
            raise ForecastError("no year that repeats is known")
        return WithYearFit(self.inner.fit(past))


@dataclass(frozen=True)
class WithYearFit:
    """The inner fit."""

    inner: Fitted

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Add what the year brings on the days to come."""
        return self.inner.forecast(past, horizon_days) + past.ahead[:horizon_days]


@dataclass(frozen=True)
class YearAgo:
    """The same weekday 52 weeks ago, moved by how the level has moved since."""

    name: str = "a year ago"
    fit_every: int = 1

    def fit(self, past: Past) -> YearAgo:
        """Return itself: there is nothing to learn."""
        if past.values.size < _YEAR + 2 * _LEVEL:
            raise ForecastError("less than a year and 8 weeks are known")
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Average up to two years back, the nearer one weighing more."""
        values, size = past.values, past.values.size
        coming = np.arange(size, size + horizon_days)
        level = values[-_LEVEL:].mean()
        shapes = []
        for years in (1, 2):
            back = years * _YEAR
            if size < back + 2 * _LEVEL:
                break
            then = values[size - back - _LEVEL : size - back].mean()
            shapes.append(np.resize(values[size - back : size - back + _YEAR], coming.size) - then)
        weights = (1.0,) if len(shapes) == 1 else (0.6, 0.4)
        return np.asarray(level + np.tensordot(weights, np.stack(shapes), axes=1))


def _forget_year(past: Past) -> Past:
    return replace(past, rest=past.values)
