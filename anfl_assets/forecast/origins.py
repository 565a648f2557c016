"""Where a backtest forecasts from: past days, the horizon or less apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ORIGINS = 8
LEAST_ORIGINS = 4


def origins_of(days: int, horizon_days: int, shortest: int) -> npt.NDArray[np.int64]:
    """Return the last known day of each origin, oldest first.

    The newest origin leaves a full horizon to be judged on; the others go back from it by as much
    as the history allows, at most the horizon. Each has at least `shortest` days to learn from.
    """
    newest = days - 1 - horizon_days
    room = newest - (shortest - 1)
    if room < 0:
        return np.empty(0, np.int64)
    step = min(horizon_days, max(1, room // (ORIGINS - 1)))
    back = np.arange(0, min(room, step * (ORIGINS - 1)) + 1, step)
    return (newest - back[::-1]).astype(np.int64)
