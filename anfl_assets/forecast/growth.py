"""How errors grow: with the days ahead, and with the level of what is forecast."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.series import WEEK, Bounds, Floats

# Days added to the lead before the power is taken, so that the first leads are not taken for sure.
_DELAY_DAYS = 14.0
_POWERS = (0.0, 0.5, 1.0)
# A tenth of the usual distance to a bound: nearer, errors are not taken to shrink any more.
_LEAST_DISTANCE = 0.1
# The share of past forecasts that may have been nearer to a bound than one is taken to be.
_NEAREST = 0.02
# What a power must gain in the logarithm of the mean error, by score, to be believed.
_LEAST_GAIN = 0.03
_TINY = 1e-12


def growth_of(sizes: Floats) -> Floats:
    """Return how large errors are at each lead, by the last one's; never falling, above 0.

    The power law (lead + 14)^b, 0 <= b <= 1, that fits best; b is 0 for errors that do not grow.
    The first leads weigh more: they are the ones that tell.

    Args:
        sizes: shape (origins, horizon), absolute errors, NaN where there is none.
    """
    leads = np.arange(1.0, sizes.shape[1] + 1)
    seen = np.isfinite(sizes)
    count = seen.sum(axis=0)
    means = np.where(seen, sizes, 0.0).sum(axis=0) / np.maximum(count, 1)
    usable = means > _TINY * float(means.max(initial=0.0))
    if usable.sum() < 2:  # noqa: PLR2004 -- a slope takes two
        return np.ones(leads.size)
    weights = (count / np.sqrt(leads))[usable]
    power = _slope(np.log(leads + _DELAY_DAYS)[usable], np.log(means[usable]), weights)
    curve = (leads + _DELAY_DAYS) ** float(np.clip(power, 0.0, 1.0))
    return np.asarray(curve / curve[-1], np.float64)


def _slope(x: Floats, y: Floats, weights: Floats) -> float:
    x = x - np.average(x, weights=weights)
    return float(np.average(x * y, weights=weights) / np.average(x**2, weights=weights))


def power_of(errors: Floats, forecasts: Floats, bounds: Bounds) -> float:
    """Return the power of the distance to the nearest bound that errors go with: 0, 1/2 or 1.

    A count that has grown tenfold errs by more than it did; 0 where the unit has no bounds or
    nothing speaks for more. All of shape (origins, horizon), errors NaN where there is none.
    """
    seen = np.isfinite(errors)
    usual = float(np.mean(np.abs(errors[seen]))) if seen.any() else 0.0
    if bounds == Bounds() or usual <= 0:
        return 0.0
    costs = []
    for power in _POWERS:
        weight = weight_of(forecasts, forecasts, bounds, power)[seen]
        size = float(np.mean(np.abs(errors[seen]) / usual / weight))
        costs.append(np.log(size) + float(np.mean(np.log(weight))))
    costs[0] -= _LEAST_GAIN
    return _POWERS[int(np.argmin(costs))]


def weight_of(forecasts: Floats, past: Floats, bounds: Bounds, power: float) -> Floats:
    """Return how large errors are around each forecast, by its distance to the nearest bound.

    The distance is that of the week around a day, so that a band does not breathe with the week.
    Relative to the median distance of `past` forecasts; never less than at the least of them, so
    that a course towards a bound is not taken for one that grows sure.
    """
    if not power:
        return np.ones_like(forecasts)
    before = _distance(past, bounds)
    usual = float(np.median(before))
    if usual <= 0:
        return np.ones_like(forecasts)
    least = max(_LEAST_DISTANCE, float(np.quantile(before, _NEAREST)) / usual)
    return np.asarray(np.maximum(_distance(forecasts, bounds) / usual, least) ** power, np.float64)


def _distance(values: Floats, bounds: Bounds) -> Floats:
    from scipy.ndimage import uniform_filter1d

    lower = np.inf if bounds.lower is None else values - bounds.lower
    upper = np.inf if bounds.upper is None else bounds.upper - values
    nearest = np.minimum(lower, upper)
    return np.asarray(uniform_filter1d(nearest, WEEK, axis=-1, mode="nearest"), np.float64)
