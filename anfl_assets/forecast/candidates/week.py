"""The weekly profile that simple candidates share."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.series import WEEK, Floats

_WEEKS = 16


def without_week(values: Floats) -> tuple[Floats, Floats]:
    """Return the values less the profile, and the profile of the seven days that follow them.

    The profile is the median deviation from its week's mean, over the last 16 weeks; it adds up
    to zero.
    """
    weeks = min(_WEEKS, values.size // WEEK)
    recent = values[values.size - weeks * WEEK :].reshape(weeks, WEEK)
    week = np.median(recent - recent.mean(axis=1, keepdims=True), axis=0)
    week = week - week.mean()
    backwards = np.resize(week[::-1], values.size)
    return values - backwards[::-1], week
