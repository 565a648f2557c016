"""Where a backtest forecasts from: past days, a third of the horizon or less apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.series import WEEK

Days = npt.NDArray[np.int64]

LEAST_DAYS = 4 * WEEK
ORIGINS = 16
LEAST_JUDGED = 4
_PER_HORIZON = 3
# The oldest ones teach the weights of the next and are weighed by nobody.
_WARM_UP = 4


def origins_of(days: int, horizon_days: int) -> Days:
    """Return the last known day of each origin, oldest first.

    They lie evenly between the series' end and 16 thirds of the horizon before it, nearer where
    the history is short; four at least leave a full horizon to be judged on, the newest ones what
    there is of it. Each has at least 28 days to learn from.

    Raises:
        TooFewPoints: fewer days than that takes.
    """
    takes = LEAST_DAYS + horizon_days + LEAST_JUDGED - 1
    if days < takes:
        raise TooFewPoints(
            f"{days} days are known; a forecast of {horizon_days} days that can be judged takes "
            f"{takes}"
        )
    reach = min(days - LEAST_DAYS, ORIGINS * spacing(horizon_days))
    back = np.linspace(reach, reach / ORIGINS, ORIGINS).round()
    if (back >= horizon_days).sum() < LEAST_JUDGED:
        back = np.append(back, np.linspace(reach, horizon_days, LEAST_JUDGED).round())
    return np.asarray(days - 1 - np.unique(back)[::-1]).astype(np.int64)


def spacing(horizon_days: int) -> int:
    """Return how many days origins lie apart where the history is long enough."""
    return max(1, horizon_days // _PER_HORIZON)


def warm_up(origins: Days, days: int, horizon_days: int) -> int:
    """Return how many of the oldest origins are not shown, since nothing weighed them.

    None where fewer than four with a full horizon would be left.
    """
    full = int((origins + horizon_days <= days - 1).sum())
    return _WARM_UP if full - _WARM_UP >= LEAST_JUDGED else 0
