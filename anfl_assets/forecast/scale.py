"""The scale a series is learned on: logarithms where its swings grow with its level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.series import WEEK, Floats

_BLOCK = 4 * WEEK
_LEAST_BLOCKS = 4
_FLAT = 0.15
_STEEP = 0.5
_MOST_RATIO = 100
_MOST_FOLD = np.log(3.0)


@dataclass(frozen=True)
class Scale:
    """There and back; forecasts come back inside [`low`, `high`], on the scale learned on.

    The limits lie one range of the history beyond it (on logarithms at most threefold), so that no
    extrapolation explodes.
    """

    is_log: bool
    low: float
    high: float

    def there(self, values: Floats) -> Floats:
        """Return values of the unit on the scale learned on."""
        return np.log(values) if self.is_log else values

    def back(self, forecast: Floats) -> Floats:
        """Return a forecast in the unit, moved inside the limits."""
        inside = np.clip(forecast, self.low, self.high)
        return np.exp(inside) if self.is_log else inside


def scale_of(values: Floats) -> Scale:
    """Choose the scale of treated values, which are finite."""
    is_log = _swings_grow_with_level(values)
    learned = np.log(values) if is_log else values
    low, high = float(learned.min()), float(learned.max())
    reach = high - low
    if is_log:
        reach = min(reach, float(_MOST_FOLD))
    return Scale(is_log, low - reach, high + reach)


def _swings_grow_with_level(values: Floats) -> bool:
    """Compare weekly changes with levels, month by month (Guerrero 1993, lambda 0 or 1)."""
    blocks = values.size // _BLOCK
    if blocks < _LEAST_BLOCKS or not (values > np.finfo(float).tiny).all():
        return False
    months = values[-blocks * _BLOCK :].reshape(blocks, _BLOCK)
    levels = np.median(months, axis=1)
    swings = np.median(np.abs(months[:, WEEK:] - months[:, :-WEEK]), axis=1)
    moving = swings > 0
    if moving.sum() < _LEAST_BLOCKS:
        return False
    heights = np.log(levels[moving])
    if heights.std() < _FLAT:
        return bool(values.max() < _MOST_RATIO * values.min())
    return bool(np.polyfit(heights, np.log(swings[moving]), 1)[0] > _STEEP)
