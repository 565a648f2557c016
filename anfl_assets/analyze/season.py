"""The season of a series: what comes back every hour, day or week, and how strong it is.

A trend leaves no trace in it: every value is taken less the mean of the period around it. A season
counts only if both halves of the cycles show the same one, so that slow noise is not taken for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.analyze.dependence import Floats

HOUR_S, DAY_S, WEEK_S = 3_600, 86_400, 7 * 86_400
CYCLES = 3
_STRENGTH = 0.3
_AGREEMENT = 0.75
_PHASES = 4
# A profile of more phases is smoothed: a phase has only a handful of values.
_SMOOTH_OVER = 24


@dataclass(frozen=True)
class Season:
    """A period in steps, the share of the variance it explains, and its shape (mean about 0)."""

    period: int
    strength: float
    profile: Floats


def periods(step_s: int, count: int, overlap: int = 1) -> list[int]:
    """Return the periods, in steps, worth looking for in `count` steps, longest first.

    Each fits three times and has four steps or more; one shorter than the `overlap` of the values
    is averaged away in them.
    """
    steps = [each // step_s for each in (WEEK_S, DAY_S, HOUR_S) if each % step_s == 0]
    return [each for each in steps if each >= max(_PHASES, overlap + 1) and count >= CYCLES * each]


def find_season(values: Floats, candidates: list[int]) -> Season | None:
    """Return the strongest season of the candidates; None where none stands out.

    Args:
        values: shape (n,), on a regular grid; NaN where nothing is known.
        candidates: periods in steps.
    """
    found = [season for period in candidates if (season := _season(values, period)) is not None]
    return max(found, key=lambda season: season.strength, default=None)


def without_season(values: Floats, season: Season | None) -> Floats:
    """Return the values less their season; the profile's first phase is that of the first value."""
    if season is None:
        return values
    less: Floats = values - season.profile[np.arange(values.size) % season.period]
    return less


def _season(values: Floats, period: int) -> Season | None:
    wave = values - _moving_mean(values, period)
    halves = [_profile(wave, period, start) for start in (0, period)]
    profile = _profile(wave, period)
    there = np.isfinite(wave)
    spread = np.var(wave[there]) if there.any() else 0.0
    if not (np.isfinite(profile).all() and all(np.isfinite(half).all() for half in halves)):
        return None
    if not spread > 0 or _agreement(*halves) < _AGREEMENT:
        return None
    rest = wave - profile[np.arange(wave.size) % period]
    freedom = (there.sum() - 1) / max(there.sum() - period, 1)
    strength = float(1 - freedom * np.var(rest[there]) / spread)
    return Season(period, strength, profile) if strength >= _STRENGTH else None


def _profile(wave: Floats, period: int, start: int | None = None) -> Floats:
    """Return the median of each phase; of every second cycle from `start` where it is given."""
    cycles = -(-wave.size // period)
    padded = np.full(cycles * period, np.nan)
    padded[: wave.size] = wave
    grid = padded.reshape(cycles, period)
    middle = _medians(grid if start is None else grid[start // period :: 2])
    middle = _smooth(middle, max(period // _SMOOTH_OVER, 1))
    centred: Floats = middle - middle.mean()
    return centred


def _medians(grid: Floats) -> Floats:
    """Return each column's median of what is known; NaN for one without any value."""
    # NaN sorts last: so one sort serves all columns, where nanmedian takes one after the other.
    climbing = np.sort(grid, axis=0)
    known = np.isfinite(grid).sum(axis=0)
    columns = np.arange(grid.shape[1])
    low, high = climbing[np.maximum(known - 1, 0) // 2, columns], climbing[known // 2, columns]
    middle: Floats = np.where(known > 0, (low + high) / 2, np.nan)
    return middle


def _smooth(profile: Floats, width: int) -> Floats:
    """Return the running mean around the circle, over an odd number of phases."""
    width += 1 - width % 2
    around = np.concatenate([profile[-(width // 2) :], profile, profile[: width // 2]])
    return np.convolve(around, np.full(width, 1 / width), "valid") if width > 1 else profile


def _agreement(one: Floats, other: Floats) -> float:
    spread = float(one.std() * other.std())
    return float(np.mean(one * other)) / spread if spread > 0 else 0.0


def _moving_mean(values: Floats, period: int) -> Floats:
    """Return the mean of the period around each value; NaN within half a period of the ends."""
    there = np.isfinite(values)
    # An even period has no middle: half a weight at both ends, as classical decomposition does.
    weights = np.ones(period + 1 - period % 2)
    if period % 2 == 0:
        weights[[0, -1]] = 0.5
    total = np.convolve(np.where(there, values, 0.0), weights, "valid")
    known = np.convolve(there.astype(np.float64), weights, "valid")
    mean = np.full(values.size, np.nan)
    edge = (weights.size - 1) // 2
    enough = known >= weights.sum() / 2
    mean[edge : edge + total.size] = np.where(enough, total / np.maximum(known, 1e-9), np.nan)
    return mean
