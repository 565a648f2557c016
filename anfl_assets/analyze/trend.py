"""The trend of one series: level, slope, season, jumps, and what that means for its metric.

A trend is told only where the slope's interval leaves 0 out, or the level jumped, *and* the change
is large enough to matter; everything else is flat, or insufficient where too little is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from anfl_assets.analyze.change_points import Jump
from anfl_assets.analyze.course import Course, course_of
from anfl_assets.analyze.dependence import Floats
from anfl_assets.analyze.season import Season, find_season, periods, without_season
from anfl_assets.analyze.slope import Slope, robust_slope

Verdict = Literal["worsening", "improving", "flat", "insufficient"]

LEAST_POINTS = 8
# Fewer independent values than this bear no interval, however many there are.
_LEAST_EFFECTIVE = 3.0
_LONGEST = 1_500
# A trailing window turns every jump into a slope.
_SMOOTH = Course((), is_stepped=False)


@dataclass(frozen=True)
class Series:
    """Values of one subject on a regular grid, NaN where no data is.

    `times` (in the unit slopes are told per) and `values` have the same length; the last `window`
    of them are judged, those before only tell the season. `step_s` is the grid's step; a value
    shares its data with the `overlap` - 1 before it.
    """

    times: Floats
    values: Floats
    window: int
    step_s: int
    overlap: int = 1


@dataclass(frozen=True)
class Sense:
    """Which way is better for a metric, and which change over the window matters at least.

    A change matters from `matters` in the metric's unit, or from a quarter of the level where that
    is less.
    """

    is_lower_better: bool
    matters: float


@dataclass(frozen=True)
class Trend:
    """What a window of a series shows. Numbers are None where the verdict is insufficient.

    `change` is the slope over the whole window, `told` the change the verdict speaks of; `jumps`
    have indices of the window. `points` of `expected` windows had a value, worth `effective`
    independent ones.
    """

    verdict: Verdict
    points: int
    expected: int
    effective: float | None = None
    level: float | None = None
    slope: Slope | None = None
    change: float | None = None
    told: float | None = None
    season: Season | None = None
    jumps: tuple[Jump, ...] = ()
    is_significant: bool = False
    is_stepped: bool = False
    is_constant: bool = False


def trend_of(series: Series, sense: Sense) -> Trend:
    """Return the trend of the series' window.

    Infinite values count as no data. A window with fewer than eight values, or whose values lie
    within less than half of it, is insufficient and nothing is computed.
    """
    values = np.where(np.isfinite(series.values), series.values, np.nan)
    window, times = values[-series.window :], series.times[-series.window :]
    there = np.flatnonzero(np.isfinite(window))
    points = int(there.size)
    if points < LEAST_POINTS or 2 * (there[-1] - there[0] + 1) < series.window:
        return Trend("insufficient", points, series.window)
    level = float(np.median(window[there]))
    if np.ptp(window[there]) == 0:
        still = Slope(0.0, 0.0, 0.0, float(points))
        return Trend("flat", points, series.window, float(points), level, still, 0.0, 0.0,
                     is_constant=True)  # fmt: skip
    season = find_season(values, periods(series.step_s, values.size, series.overlap))
    plain = without_season(values, season)[-series.window :]
    slope = robust_slope(*_thinned(times, plain), overlap=series.overlap)
    if slope.effective < _LEAST_EFFECTIVE and series.overlap > 1:
        return Trend("insufficient", points, series.window, slope.effective, level)
    length = float(times[-1] - times[0])
    change = slope.slope * length
    least = least_change(level, sense)
    course = course_of(times, plain, slope.slope, least) if series.overlap == 1 else _SMOOTH
    told = _told(slope, change, course)
    return Trend(
        verdict=_verdict(told, least, sense),
        points=points,
        expected=series.window,
        effective=slope.effective,
        level=level,
        slope=slope,
        change=change,
        told=told or change,
        season=season,
        jumps=course.jumps,
        is_stepped=course.is_stepped,
        is_significant=slope.is_significant,
    )


def least_change(level: float, sense: Sense) -> float:
    """Return the change over a window that matters at least."""
    return min(sense.matters, abs(level) / 4) if level else sense.matters


def _told(slope: Slope, change: float, course: Course) -> float:
    """Return the change that is no chance: the slope's, or else what the jumps add up to.

    A level that trebled an hour ago has no slope over a day, and is no flat one either.
    """
    if slope.is_significant and not course.is_stepped:
        return change
    return sum(jump.by for jump in course.jumps)


def _verdict(told: float, least: float, sense: Sense) -> Verdict:
    if not told or abs(told) < least:
        return "flat"
    return "worsening" if (told > 0) is sense.is_lower_better else "improving"


def _thinned(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return medians of equal blocks where the pairs of so many values would be too many."""
    block = -(-values.size // _LONGEST)
    if block == 1:
        return times, values
    cut = values.size - values.size % block
    grid = values[-cut:].reshape(-1, block)
    empty = np.asarray(~np.isfinite(grid).any(axis=1))
    middle: Floats = np.asarray(np.nanmedian(np.where(empty[:, None], 0.0, grid), axis=1))
    middle = np.where(empty, np.nan, middle)
    return times[-cut:].reshape(-1, block).mean(axis=1), middle
