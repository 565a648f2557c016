"""The naive methods, the floor that every forecast is held against: in the unit, untransformed."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.series import WEEK, Floats


def naive(observed: Floats, horizon_days: int) -> Floats:
    """Repeat the last value."""
    return np.full(horizon_days, observed[-1])


def seasonal_naive(observed: Floats, horizon_days: int) -> Floats:
    """Repeat the last week."""
    return np.resize(observed[-WEEK:], horizon_days)


def drift(observed: Floats, horizon_days: int) -> Floats:
    """Extend the line through the first and the last value."""
    slope = (observed[-1] - observed[0]) / max(observed.size - 1, 1)
    return np.asarray(observed[-1] + slope * np.arange(1, horizon_days + 1))


FLOORS = {"naive": naive, "seasonal naive": seasonal_naive, "drift": drift}
