"""Prophet (Taylor & Letham 2018), without its own intervals, on at most two years."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import Floats

# The least it takes a yearly season from; three years cost a half more and won nothing.
_DAYS = 2 * 365 + 1


@dataclass(frozen=True)
class ByProphet:
    """Prophet on the scale learned on; its defaults otherwise."""

    name: str = "Prophet"
    fit_every: int = 4

    def fit(self, past: Past) -> ByProphetFit:
        """Fit by its optimiser (a process of its own)."""
        _silence()
        import pandas as pd
        from prophet import Prophet

        values = past.values[-_DAYS:]
        days = _days(past, past.values.size - values.size, values.size)
        model = Prophet(uncertainty_samples=0, daily_seasonality=False)
        fitted = model.fit(pd.DataFrame({"ds": days, "y": values}))
        return ByProphetFit(fitted, past.values.size)


@dataclass(frozen=True)
class ByProphetFit:
    """The fitted model, good for the days it was fitted on only: it has no state to carry on."""

    model: Any
    days: int

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Evaluate trend and seasons on the days after the past."""
        if past.values.size != self.days:
            raise ForecastError("it was not fitted at this origin")
        import pandas as pd

        days = _days(past, past.values.size, horizon_days)
        return np.asarray(self.model.predict(pd.DataFrame({"ds": days}))["yhat"])


def _days(past: Past, after: int, count: int) -> npt.NDArray[np.datetime64]:
    return np.asarray(np.datetime64(past.first_day) + np.arange(after, after + count))


def _silence() -> None:
    """Keep its remark that plotly is missing, and its optimiser's log, off the terminal."""
    for name in ("prophet", "prophet.plot", "cmdstanpy"):
        logging.getLogger(name).disabled = True
