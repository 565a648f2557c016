"""The usual single models with their usual settings, to hold our forecasts against."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from anfl_assets.forecast.series import WEEK, DailySeries, Floats
from benchmarks.forecast_folder import HIDDEN_DAYS

_STATSFORECAST = ("AutoETS", "DynamicOptimizedTheta", "AutoCES", "AutoARIMA", "SeasonalNaive")


def outsiders(past: DailySeries) -> dict[str, Floats]:
    """Forecast 90 days by each, gaps filled by a straight line; shape (90, 1) each.

    A model that fails on a series is left out of its result.
    """
    from statsforecast import models

    days = np.arange(past.values.size)
    seen = np.isfinite(past.values)
    filled = np.interp(days, days[seen], past.values[seen])
    asked: dict[str, Callable[[], Any]] = {
        name: partial(_by_statsforecast, getattr(models, name), filled) for name in _STATSFORECAST
    }
    asked["Prophet"] = partial(_by_prophet, past)
    found: dict[str, Floats] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, forecast in asked.items():
            try:
                found[name] = np.asarray(forecast(), dtype=float).reshape(-1, 1)
            except Exception:  # noqa: BLE001 - theirs to raise anything; the pair is left out
                logging.getLogger(__name__).info("%s failed", name)
    return found


def _by_statsforecast(model: Callable[..., Any], filled: Floats) -> Floats:
    made: Floats = model(season_length=WEEK).forecast(filled, HIDDEN_DAYS)["mean"]
    return made


def _by_prophet(past: DailySeries) -> Floats:
    import pandas as pd
    from prophet import Prophet

    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    days = pd.date_range(past.first_day, periods=past.values.size)
    model = Prophet(uncertainty_samples=0).fit(pd.DataFrame({"ds": days, "y": past.values}))
    coming = pd.date_range(past.last_day, periods=HIDDEN_DAYS + 1)[1:]
    made: Floats = model.predict(pd.DataFrame({"ds": coming}))["yhat"].to_numpy()
    return made
