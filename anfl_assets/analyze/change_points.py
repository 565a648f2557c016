"""Where the level of a series jumps: an exact search for the fewest jumps that explain it.

Noise that repeats itself wanders, and looks like jumps to a search that takes its values for
independent; so the repetition is taken out first, measured in a way that jumps do not disturb.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anfl_assets.analyze.dependence import Floats

_PENALTY = 4.5
_SHORTEST = 5
_SCALE = 1.4826
_SPIKE = 4.0
# So much of the way to a new level is made between so many values before and after it.
_AT_ONCE = 0.5
_NEAR = 4
_MOST_REPEATED = 0.99
# The estimate scatters by about 1 / sqrt(n); too high a one only overlooks small jumps.
_DOUBT = 1.5


@dataclass(frozen=True)
class Jump:
    """The index of the first value of a new level, and how far that is from the one before."""

    index: int
    by: float


def change_points(values: Floats, least: float = 0.0) -> list[Jump]:
    """Return the jumps of the level, oldest first; none where the level stays.

    Args:
        values: shape (n,), without trend and season; NaN where nothing is known. A level lasts at
            least five values, and a single spike is none.
        least: a smaller jump is not told.

    Source: Killick, Fearnhead & Eckley 2012, doi:10.1080/01621459.2012.737745 (the search, by
        ruptures); Chakar et al. 2017, doi:10.3150/15-BEJ782 (repetition measured beside jumps).
    """
    from ruptures import KernelCPD

    there = np.flatnonzero(np.isfinite(values))
    if there.size < 4 * _SHORTEST:
        return []
    known = values[there]
    repeated = _repetition(known)
    fresh = known[1:] - repeated * known[:-1]
    noise = _SCALE * float(np.median(np.abs(np.diff(fresh)))) / np.sqrt(2)
    if not noise > 0:
        noise = float(np.std(fresh)) or 1.0
    tame = _without_spikes(fresh / noise)
    search = KernelCPD(kernel="linear", min_size=_SHORTEST).fit(tame.reshape(-1, 1))
    ends = search.predict(pen=_PENALTY * np.log(tame.size))
    bounds = [0, *(_settled(known, end + 1) for end in ends[:-1]), known.size]
    return [
        Jump(int(there[start]), way)
        for before, start, end in zip(bounds, bounds[1:], bounds[2:], strict=False)
        if before < start < end and abs(way := _way(known, before, start, end)) > least
    ]


def _settled(known: Floats, start: int) -> int:
    """Return where the jump found near `start` is: the search looked at what was not repeated."""
    low, high = max(start - 2 * _NEAR, 0), min(start + 2 * _NEAR, known.size)

    def left_over(split: int) -> float:
        parts = known[low:split], known[split:high]
        return sum(float(np.abs(part - np.median(part)).sum()) for part in parts)

    first = max(start - _NEAR, _SHORTEST)
    last = min(start + _NEAR, known.size - _SHORTEST)
    return min(range(first, last + 1), key=left_over)


def _way(known: Floats, before: int, start: int, end: int) -> float:
    """Return how far the level moves at `start`; 0 where it drifts there and does not jump."""
    way = float(np.median(known[start:end]) - np.median(known[before:start]))
    edges = [max(start - 2 * _NEAR, 0), start - _NEAR, start, start + _NEAR, start + 2 * _NEAR]
    around = [float(np.median(known[low:high])) for low, high in pairwise(edges)]
    came, made, went = np.diff(around) * np.sign(way)
    # What it did just before and just after as well is how it drifts, not how it jumps.
    at_once = made - max(min(came, went), 0.0)
    return way if at_once >= _AT_ONCE * abs(way) else 0.0


def _repetition(known: Floats) -> float:
    """Estimate the first autocorrelation from differences, where a jump touches one value only."""
    near = _usual_square(known[1:] - known[:-1])
    far = _usual_square(known[2:] - known[:-2])
    if not near > 0:
        return 0.0
    doubt = _DOUBT / np.sqrt(known.size)
    return float(np.clip(far / near - 1 + doubt, 0.0, _MOST_REPEATED))


def _usual_square(differences: Floats) -> float:
    """Return the mean square of all but the largest tenth, among which are those across a jump."""
    squares = np.sort(differences**2)
    return float(squares[: -max(squares.size // 10, 1)].mean())


def _without_spikes(values: Floats) -> Floats:
    """Bound each value to what its neighbours, two on each side, allow."""
    padded = np.pad(values, 2, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    return np.clip(values, around - _SPIKE, around + _SPIKE)
