"""The candidates that take part, the simpler first, and their forecasts at every origin."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.candidates.autoregression import Autoregression
from anfl_assets.forecast.candidates.by_prophet import ByProphet
from anfl_assets.forecast.candidates.candidate import Candidate, Fitted
from anfl_assets.forecast.candidates.floors import FLOORS
from anfl_assets.forecast.candidates.levels import MedianLevel, MedianTrend
from anfl_assets.forecast.candidates.smoothing import ByStatsforecast, DampedTrend
from anfl_assets.forecast.candidates.yearly import Plain, WithYear, YearAgo
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import Bools, Bounds, Floats

# ETS is fitted in hundredths of a second, and by its own `forward` was now and then tens of times
# worse (record 0074); Theta takes tenths, beside a year seconds, and is carried on well.
_ETS = ByStatsforecast("ETS", "AutoETS", {"model": "ANA"})
_THETA = ByStatsforecast("Theta", "DynamicOptimizedTheta", fit_every=3)
MODELS: tuple[Candidate, ...] = (
    Plain(MedianLevel(4)),
    Plain(MedianLevel(12)),
    Plain(MedianTrend()),
    YearAgo(),
    Plain(_ETS),
    Plain(_THETA),
    DampedTrend(),
    Plain(Autoregression()),
    WithYear(MedianLevel(4)),
    WithYear(MedianLevel(12)),
    WithYear(_ETS),
    WithYear(Autoregression()),
    ByProphet(),
)


@dataclass(frozen=True)
class Made:
    """Forecasts of every candidate, the naive methods before the models.

    `models`: shape (candidates, pasts, horizon), in the unit and its bounds, NaN where one failed.
    `failures`: why the last past could not be forecast, by name.
    """

    names: tuple[str, ...]
    models: Floats
    failures: dict[str, str]

    @property
    def floors(self) -> Floats:
        """Those of the naive methods."""
        return self.models[: len(FLOORS)]

    @property
    def ran(self) -> Bools:
        """Whether there is a forecast; shape (candidates, pasts)."""
        return np.asarray(np.isfinite(self.models).all(axis=2))


def forecasts_at(
    pasts: Sequence[Past],
    horizon_days: int,
    bounds: Bounds,
    models: Sequence[Candidate] = MODELS,
) -> Made:
    """Forecast from each past, the oldest first; the last one is the forecast that is asked.

    A model that fails, in whatever way, is left out there and does not stop the others.
    """
    failures: dict[str, str] = {}
    naive = [[floor(past.observed, horizon_days) for past in pasts] for floor in FLOORS.values()]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Their doubts about a fit show in the backtest, which decides.
        warnings.simplefilter("ignore")
        rest = [_carried(model, pasts, horizon_days, failures) for model in models]
    names = (*FLOORS, *(model.name for model in models))
    return Made(names, bounds.clip(np.array([*naive, *rest])), failures)


def _carried(
    model: Candidate, pasts: Sequence[Past], horizon_days: int, failures: dict[str, str]
) -> list[Floats]:
    fitted: Fitted | None = None
    made: list[Floats] = []
    for place, past in enumerate(pasts):
        newest = len(pasts) - 1 - place
        try:
            if fitted is None or newest % model.fit_every == 0:
                fitted = model.fit(past)
            made.append(_sane(past, fitted.forecast(past, horizon_days)))
        except Exception as error:  # noqa: BLE001 - libraries of models raise anything
            made.append(np.full(horizon_days, np.nan))
            if newest == 0:
                failures[model.name] = _in_words(error)
    return made


def _sane(past: Past, forecast: Floats) -> Floats:
    if not np.isfinite(forecast).all():
        raise ForecastError("it gave no finite forecast")
    return past.scale.back(forecast)


def _in_words(error: Exception) -> str:
    if isinstance(error, ForecastError):
        return str(error)
    said = str(error).strip().splitlines() or [type(error).__name__]
    return f"it failed: {said[0]}"
