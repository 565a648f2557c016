"""What is usual on a weekday: the same weekdays four weeks either way; and days far from it."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.series import WEEK, Bools, Floats

_REACH = 4 * WEEK
_LASTING_DAYS = 3
TO_DEVIATION = 1.4826  # from the median absolute deviation, were the values normal


def usual(values: Floats) -> Floats:
    """Return the median of the same weekdays within four weeks, the day itself among them.

    NaN where none of them has a value; values may be NaN.
    """
    padded = np.pad(values, _REACH, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1)[:, ::WEEK]
    found = np.full(values.size, np.nan)
    some = np.isfinite(around).any(axis=1)
    found[some] = np.nanmedian(around[some], axis=1)
    return found


def lone_days(values: Floats, deviations: float) -> Bools:
    """Return the days that many robust deviations from what is usual (Hampel 1974).

    Three or more on end to the same side are no lone days but a change.
    """
    away = np.nan_to_num(values - usual(values))
    spread = TO_DEVIATION * float(np.median(np.abs(away)))
    if spread == 0:
        return np.zeros(values.size, dtype=bool)
    side = np.where(np.abs(away) > deviations * spread, np.sign(away), 0.0)
    starts = np.flatnonzero(np.diff(side, prepend=np.nan))
    lengths = np.diff(starts, append=side.size)
    lasting = np.repeat(lengths >= _LASTING_DAYS, lengths)
    return np.asarray((side != 0) & ~lasting)
