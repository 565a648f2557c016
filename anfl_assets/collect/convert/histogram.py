"""Classic histograms (counts below fixed bounds) as the mergeable log histograms of the lake.

Log bucket b holds (1.02^(b-1), 1.02^b] ms, as `dbt_project/macros/histograms.sql` has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from anfl_assets.errors import SourceError

BASE = 1.02
_ZERO = -32768
_LOWEST, _HIGHEST = -32767, 32767
# Below this, ms, a bucket that begins at 0 is not resolved further.
_FLOOR_MS = 0.001


def log_bucket(latency_ms: float) -> int:
    """Return the log bucket of a latency in ms; zero and less have one of their own."""
    if latency_ms <= 0:
        return _ZERO
    return max(_LOWEST, min(_HIGHEST, math.ceil(math.log(latency_ms) / math.log(BASE))))


def log_histogram(
    bounds: Sequence[float],
    counts: Sequence[int],
    *,
    ms_per_unit: float = 1.0,
) -> tuple[list[int], list[int]]:
    """Spread each bucket's count evenly between its bounds; return (buckets, counts), ascending.

    `bounds` are upper bounds, ascending, the last infinite; `counts` are those of each bucket alone
    (not cumulative), whole and not negative. `ms_per_unit` is 1000 for bounds in seconds. The first
    bucket begins at 0 (or is taken whole where its bound is not positive); what lies above the
    highest finite bound goes into that bound's log bucket. Counts stay whole (largest remainder)
    and add up.

    Raises:
        SourceError: bounds do not ascend to infinity, or counts do not fit them.

    """
    _check(bounds, counts)
    spread: dict[int, int] = {}
    lower = 0.0
    for bound, count in zip(bounds, counts, strict=True):
        upper = lower if math.isinf(bound) else bound * ms_per_unit
        for bucket, part in _spread(lower, upper, count):
            spread[bucket] = spread.get(bucket, 0) + part
        lower = max(upper, 0.0)
    filled = sorted(bucket for bucket, count in spread.items() if count)
    return filled, [spread[bucket] for bucket in filled]


def _check(bounds: Sequence[float], counts: Sequence[int]) -> None:
    if len(bounds) != len(counts) or len(bounds) < 2 or bounds[-1] != math.inf:  # noqa: PLR2004
        msg = "a histogram needs a count for each bound, one finite bound and the last `+Inf`"
        raise SourceError(msg)
    if any(not low < high for low, high in pairwise(bounds)):
        msg = f"a histogram's bounds must ascend: {list(bounds)}"
        raise SourceError(msg)
    if any(count < 0 for count in counts):
        msg = f"a histogram's counts must not be negative: {list(counts)}"
        raise SourceError(msg)


def _spread(lower: float, upper: float, count: int) -> list[tuple[int, int]]:
    """Return the log buckets between two bounds with their whole shares of the count."""
    if count == 0:
        return []
    if upper <= max(lower, _FLOOR_MS):
        return [(log_bucket(upper), count)]
    buckets, widths = _pieces(lower, upper)
    shares = [count * width / (upper - lower) for width in widths]
    return list(zip(buckets, _whole(shares, count), strict=True))


@lru_cache(maxsize=1024)
def _pieces(lower: float, upper: float) -> tuple[range, tuple[float, ...]]:
    """Return the log buckets between two bounds, ms, and how wide each one's part between is.

    Remembered, as a source has the same few bounds in each of its rows.
    """
    first, last = log_bucket(max(lower, _FLOOR_MS)), log_bucket(upper)
    inside = (BASE**bucket for bucket in range(first, last))
    edges = [lower, *(edge for edge in inside if lower < edge < upper), upper]
    widths = tuple(high - low for low, high in pairwise(edges))
    return range(last - len(widths) + 1, last + 1), widths


def _whole(shares: Sequence[float], total: int) -> list[int]:
    """Return whole numbers near the shares that add up to the total: largest remainder."""
    whole = [int(share) for share in shares]
    missing = total - sum(whole)
    lost = [floor - share for floor, share in zip(whole, shares, strict=True)]
    by_remainder = sorted(range(len(shares)), key=lost.__getitem__)
    for at in by_remainder[:missing]:
        whole[at] += 1
    return whole
