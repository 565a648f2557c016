"""Errors of a backtest made comparable: what is usual at each lead and at each level forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.growth import growth_of, power_of, weight_of
from anfl_assets.forecast.series import Bounds, Floats


@dataclass(frozen=True)
class Yardstick:
    """What size of error is usual, up to a factor.

    Attributes:
        growth: shape (horizon,), by lead; never falling, above 0.
        power: of the distance to the nearest bound that errors go with.
        past: shape (origins, horizon), the forecasts it was learned from.
    """

    growth: Floats
    power: float
    past: Floats
    bounds: Bounds

    def usual(self, forecasts: Floats) -> Floats:
        """Return what is usual for forecasts of shape (horizon,) or (origins, horizon).

        Never falling with the lead: what is further off is not surer.
        """
        weights = weight_of(forecasts, self.past, self.bounds, self.power)
        return np.asarray(np.maximum.accumulate(self.growth * weights, axis=-1), np.float64)


def yardstick_of(backtest: Backtest, bounds: Bounds) -> Yardstick:
    """Learn from a backtest what errors are usual."""
    errors = backtest.truth - backtest.combined
    power = power_of(errors, backtest.combined, bounds)
    weights = weight_of(backtest.combined, backtest.combined, bounds, power)
    return Yardstick(growth_of(np.abs(errors / weights)), power, backtest.combined, bounds)


def by_yardstick(backtest: Backtest, yardstick: Yardstick) -> Floats:
    """Return the errors over what is usual, shape (origins, horizon); NaN where there is none."""
    return (backtest.truth - backtest.combined) / yardstick.usual(backtest.combined)
