"""An autoregression on three weeks beside weekday means: mean-reverting, by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import WEEK, Floats

_LAGS = 3 * WEEK
_DAYS = 730
_LEAST_DAYS = 12 * WEEK


@dataclass(frozen=True)
class Autoregression:
    """y[t] on its last 21 days and the weekday (Box & Jenkins 1970), lightly ridged."""

    name: str = "autoregression"
    fit_every: int = 1

    def fit(self, past: Past) -> AutoregressionFit:
        """Solve the normal equations over the last two years."""
        values = past.rest[-_DAYS:]
        if values.size < _LEAST_DAYS:
            raise ForecastError("less than twelve weeks are known")
        size = past.rest.size
        day = np.arange(size - values.size, size)[_LAGS:]
        lags = np.lib.stride_tricks.sliding_window_view(values, _LAGS)[:-1]
        terms = np.hstack([lags, np.eye(WEEK)[day % WEEK]])
        cost = np.full(terms.shape[1], 1e-3 * max(float(values.var()), 1e-12))
        middle = float(values.mean())
        terms[:, :_LAGS] -= middle
        found = np.linalg.solve(
            terms.T @ terms + np.diag(cost * terms.shape[0] / 100),
            terms.T @ (values[_LAGS:] - middle),
        )
        return AutoregressionFit(np.asarray(found, float), middle)


@dataclass(frozen=True)
class AutoregressionFit:
    """Coefficients of the lags, oldest first, then of the weekdays; and the mean taken off."""

    found: Floats
    middle: float

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Go on day by day from the last three weeks."""
        size = past.rest.size
        known = np.concatenate([past.rest[-_LAGS:] - self.middle, np.zeros(horizon_days)])
        for lead in range(horizon_days):
            weekday = self.found[_LAGS + (size + lead) % WEEK]
            known[_LAGS + lead] = known[lead : lead + _LAGS] @ self.found[:_LAGS] + weekday
        return np.asarray(known[_LAGS:] + self.middle)
