"""Days that are off every year: same date, or same weekday of the same week, in earlier years."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from anfl_assets.forecast.series import WEEK, Floats
from anfl_assets.forecast.weekdays import TO_DEVIATION, usual

Days = npt.NDArray[np.int64]

_YEARS = 4
_LEAST_YEARS = 2
_FAR = 3.0
_WEEKS_A_YEAR = 52


def days_off(first_day: date, values: Floats, horizon_days: int) -> Floats:
    """Return what to add on each day to come, shape (horizon,); zero on ordinary days.

    A day counts where at least two earlier years were far (3 robust deviations) from the same
    weekdays around it, all to the same side; it is believed as far as the weakest of them.
    """
    away = values - usual(values)
    far = _FAR * TO_DEVIATION * float(np.median(np.abs(away)))
    if far <= 0 or values.size < _LEAST_YEARS * _WEEKS_A_YEAR * WEEK:
        return np.zeros(horizon_days)
    coming = np.arange(values.size, values.size + horizon_days)
    by_date = _agreed(away, [_same_date(first_day, coming, y) for y in range(1, _YEARS + 1)], far)
    by_week = _agreed(away, [coming - _WEEKS_A_YEAR * WEEK * y for y in range(1, _YEARS + 1)], far)
    return np.where(np.abs(by_date) >= np.abs(by_week), by_date, by_week)


def _same_date(first_day: date, days: Days, years: int) -> Days:
    dates = np.datetime64(first_day) + days
    months = dates.astype("datetime64[M]")
    in_month = dates - months.astype("datetime64[D]")
    earlier = (months - 12 * years).astype("datetime64[D]") + in_month
    return np.asarray((earlier - np.datetime64(first_day)).astype(np.int64))


def _agreed(away: Floats, places: list[Days], far: float) -> Floats:
    """Return the weakest of the years known where all are far to one side; else zero."""
    known = np.stack([np.where((p >= 0) & (p < away.size), p, -1) for p in places])
    seen = np.where(known >= 0, away[known], np.nan)
    counted = np.isfinite(seen).sum(axis=0) >= _LEAST_YEARS
    low = np.nanmin(np.where(counted, seen, 0.0), axis=0)
    high = np.nanmax(np.where(counted, seen, 0.0), axis=0)
    return np.where(low > far, low, np.where(high < -far, high, 0.0))
