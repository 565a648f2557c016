"""Where a backtest forecasts from: past days, a third of the horizon or less apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.series import WEEK

Days = npt.NDArray[np.int64]

LEAST_DAYS = 4 * WEEK
ORIGINS = 16
# The oldest ones teach the weights of the next; nobody weighs them, so they are not shown.
WARM_UP = 4
_PER_HORIZON = 3


def origins_of(days: int, horizon_days: int) -> Days:
    """Return the last known day of each origin, oldest first.

    They lie evenly between the series' end and 16 thirds of the horizon before it, nearer where
    the history is short: then forecasts overlap more. The newest ones are judged on the days there
    are. Each has at least 28 days to learn from.

    Raises:
        TooFewPoints: fewer days than 4 origins with a full horizon take.
    """
    takes = LEAST_DAYS + horizon_days + WARM_UP
    if days < takes:
        raise TooFewPoints(
            f"{days} days are known; a forecast of {horizon_days} days that can be judged takes "
            f"{takes}"
        )
    reach = min(days - LEAST_DAYS, ORIGINS * max(1, horizon_days // _PER_HORIZON))
    back = np.unique(np.linspace(reach, reach / ORIGINS, ORIGINS).round().astype(np.int64))
    return np.asarray(days - 1 - back[::-1])
