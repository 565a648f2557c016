"""Ways the days to come may go together: paths whose spread by day is that of the intervals."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.intervals import Margins
from anfl_assets.forecast.series import Bounds, Floats
from anfl_assets.forecast.texture import courses

PATHS = 1000


def paths_of(
    mean: Floats, margins: Margins, texture: Floats, bounds: Bounds, *, seed: int
) -> Floats:
    """Return joint paths, shape (1000, horizon), within the bounds and each as likely as another.

    Every day's median is the mean and its 80 and 95 % the margins; over the days they go as past
    errors went (`texture_of`). The same seed gives the same paths.

    Source: Clark et al. 2004, the Schaake shuffle: ranks from the course, values from the margins.
    """
    from scipy.special import ndtri

    half = courses(texture, mean.size, PATHS // 2, np.random.default_rng(seed))
    # Every course with its mirror image: no day leans to a side by chance.
    ranks = np.argsort(np.argsort(np.concatenate([half, -half]), axis=0), axis=0)
    draws = ndtri((np.arange(PATHS) + 0.5) / PATHS)[ranks]
    return bounds.clip(mean + _offsets(draws, margins))


def _offsets(draws: Floats, margins: Margins) -> Floats:
    """Move standard normal draws to where the margins have them.

    Straight lines through the ends of the intervals, and on beyond them.
    """
    from scipy.special import ndtri

    size = np.abs(draws)
    near, far = (float(ndtri(0.5 + level / 200)) for level in (80, 95))
    offsets = np.zeros_like(draws)
    for sign, side in ((-1.0, margins.below), (1.0, margins.above)):
        steep = (side[95] - side[80]) / (far - near)
        moved = np.where(size <= near, size / near * side[80], side[80] + (size - near) * steep)
        offsets = np.where(draws * sign > 0, sign * moved, offsets)
    return offsets
