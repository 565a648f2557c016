"""Ways the days to come may go together: paths whose spread by day is that of the intervals."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.intervals import Margins
from anfl_assets.forecast.series import Bounds, Floats

PATHS = 1000
# Where a standard normal variable has the ends of the 80 and 95 % intervals.
_ENDS = {80: 1.2815515655446004, 95: 1.959963984540054}


def paths_of(mean: Floats, margins: Margins, bounds: Bounds, *, seed: int) -> Floats:
    """Return joint paths, shape (1000, horizon).

    Each day's median is the mean, and its spread that of the margins. Equally likely; the same seed gives the same paths.
    """
    draws = _draws(mean.size, np.random.default_rng(seed))
    return bounds.clip(mean + _offsets(draws, margins))


def _draws(horizon: int, random: np.random.Generator) -> Floats:
    """Return standard normal draws, each day's half of them the other half's negatives."""
    level = random.normal(size=(PATHS // 2, 1))
    daily = random.normal(size=(PATHS // 2, horizon))
    draws = np.sqrt(0.5) * (level + daily)
    return np.concatenate([draws, -draws])


def _offsets(draws: Floats, margins: Margins) -> Floats:
    """Move draws to where the margins have them: straight lines through the intervals' ends."""
    size = np.abs(draws)
    low, high = _ENDS.values()
    offsets = np.zeros_like(draws)
    for sign, side in ((-1.0, margins.below), (1.0, margins.above)):
        near, far = side[80], side[95]
        beyond = near + (size - low) * (far - near) / (high - low)
        moved = np.where(size <= low, size / low * near, beyond)
        offsets = np.where(draws * sign > 0, sign * moved, offsets)
    return offsets
