"""Whether a series slopes or stands in steps: a jump half-way has a slope, a slope has no jump.

Both are tried, and what leaves less over for its number of parameters is how the series went.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.analyze.change_points import Jump, change_points
from anfl_assets.analyze.dependence import Floats


@dataclass(frozen=True)
class Course:
    """The jumps of a series; `is_stepped` where its levels explain it and no slope is needed."""

    jumps: tuple[Jump, ...]
    is_stepped: bool


def course_of(times: Floats, values: Floats, slope: float, least: float) -> Course:
    """Return how the series went, with jumps of at least `least`.

    Args:
        times: shape (n,).
        values: shape (n,), without season; NaN where nothing is known.
        slope: the robust slope of the values.
        least: a smaller jump is not told.

    Source: Schwarz 1978, doi:10.1214/aos/1176344136 (the criterion), with absolute deviations.
    """
    steps = change_points(values, least)
    sloping = values - slope * times
    beside = change_points(sloping, least)
    in_steps = _criterion(values, steps, parameters=0)
    in_slope = _criterion(sloping, beside, parameters=1)
    if steps and in_steps < in_slope:
        return Course(tuple(steps), is_stepped=True)
    return Course(tuple(beside), is_stepped=False)


def _criterion(values: Floats, jumps: list[Jump], *, parameters: int) -> float:
    levels = np.split(values, [jump.index for jump in jumps])
    known = [level[np.isfinite(level)] for level in levels]
    left = np.concatenate([np.abs(level - np.median(level)) for level in known if level.size])
    deviation = max(float(left.mean()), float(np.finfo(np.float64).tiny))
    return left.size * np.log(deviation) + (parameters + 2 * len(jumps)) * np.log(left.size)  # type: ignore[no-any-return]
