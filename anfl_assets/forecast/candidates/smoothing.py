"""Exponential smoothing in state-space form (Hyndman et al. 2008), Theta (Fiorucci et al. 2016)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import WEEK, Floats

if TYPE_CHECKING:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

_DAYS = 730
# Its optimiser is the slowest of all: a year is as much as a trend and a week need.
_DAYS_DAMPED = 365
_LEAST_WEEKS = 4


@dataclass(frozen=True)
class ByStatsforecast:
    """A model of statsforecast on the last two years, a week its season."""

    name: str
    model: str
    options: Mapping[str, object] = field(default_factory=dict)
    fit_every: int = 1

    def fit(self, past: Past) -> StatsforecastFit:
        """Fit it by the library's own optimiser."""
        from statsforecast import models

        model = getattr(models, self.model)(season_length=WEEK, **self.options)
        start = max(0, past.rest.size - _DAYS)
        return StatsforecastFit(model.fit(past.rest[start:]), past.rest.size, start)


@dataclass(frozen=True)
class StatsforecastFit:
    """The fitted model, the day it begins with (its first states are of that weekday) and ends."""

    model: Any
    days: int
    start: int

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Forecast after the fit's own past, or after a later one with the same parameters."""
        if past.rest.size == self.days:
            return np.asarray(self.model.predict(horizon_days)["mean"])
        return np.asarray(self.model.forward(past.rest[self.start :], horizon_days)["mean"])


@dataclass(frozen=True)
class DampedTrend:
    """Additive ETS with a damped trend and a weekly season, by statsmodels, the year beside it."""

    name: str = "ETS, damped trend"
    fit_every: int = 3

    def fit(self, past: Past) -> DampedTrendFit:
        """Fit by maximum likelihood on the last two years."""
        if past.rest.size < _LEAST_WEEKS * WEEK:
            raise ForecastError("less than four weeks are known")
        start = max(0, past.rest.size - _DAYS_DAMPED)
        model = _damped(past, start)
        with warnings.catch_warnings():
            # Its import asks for warnings; what they doubt, the backtest judges.
            warnings.simplefilter("ignore")
            found = model.fit(disp=False, maxiter=100)
        return DampedTrendFit(np.asarray(found.params), start)


@dataclass(frozen=True)
class DampedTrendFit:
    """Smoothing parameters and first states, and the day these are of."""

    params: Floats
    start: int

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Run the smoothing over the past, extend it, add what the year brings."""
        coming = _damped(past, self.start).smooth(self.params).forecast(horizon_days)
        return np.asarray(coming + past.ahead[:horizon_days])


def _damped(past: Past, start: int) -> ETSModel:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel(
        past.rest[start:],
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add",
        seasonal_periods=WEEK,
    )
