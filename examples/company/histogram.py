"""Latency as log buckets: bucket b holds (1.02^(b-1), 1.02^b] ms, and stands for 2·1.02^b/2.02.

Each service's latencies have one shape in bucket space (Weibull), shifted to the 95th percentile
wanted. So a whole history is one table look-up, and raw values follow the same law.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BASE = 1.02
WIDTH = 40
_LOG_BASE = float(np.log(BASE))
_SCALE = 16.0
_SHAPE = 2.5
# Distance in buckets from the fastest latency to the 95th percentile: F(x) = 1 - exp(-(x/16)^2.5).
_P95_DISTANCE = _SCALE * float(-np.log(0.05)) ** (1 / _SHAPE)
_FRACTIONS = 8
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def _cumulative() -> Floats:
    """Share of requests at or below each of WIDTH buckets, for each eighth of a bucket's shift."""
    bucket = np.arange(1, WIDTH + 1, dtype=np.float64)
    distance = bucket - np.arange(_FRACTIONS).reshape(-1, 1) / _FRACTIONS
    share = 1.0 - np.exp(-((distance / _SCALE) ** _SHAPE))
    share[:, -1] = 1.0
    return np.asarray(share)


_CUMULATIVE = _cumulative()


def histograms(p95_ms: Floats, counts: Counts) -> tuple[npt.NDArray[np.int16], Counts]:
    """Buckets and counts, one row of WIDTH per window, that sum to `counts`."""
    fastest = np.log(p95_ms) / _LOG_BASE - _P95_DISTANCE
    whole = np.floor(fastest)
    eighth = ((fastest - whole) * _FRACTIONS).astype(np.int64)
    running = np.rint(_CUMULATIVE[eighth] * counts.reshape(-1, 1)).astype(np.int64)
    buckets = whole.reshape(-1, 1) + np.arange(1, WIDTH + 1)
    return buckets.astype(np.int16), np.diff(running, axis=1, prepend=0)


def latencies(p95_ms: float, count: int, rng: np.random.Generator) -> Floats:
    """Raw latencies in ms of the same law as the histograms."""
    fastest = np.log(p95_ms) / _LOG_BASE - _P95_DISTANCE
    distance = _SCALE * rng.standard_exponential(count) ** (1 / _SHAPE)
    return np.asarray(np.exp((fastest + distance) * _LOG_BASE))


def bucket_of(latency_ms: Floats) -> npt.NDArray[np.int64]:
    """The bucket that holds each positive latency."""
    return np.ceil(np.log(latency_ms) / _LOG_BASE - 1e-9).astype(np.int64)


def value_of(bucket: int) -> float:
    """The latency in ms that a bucket stands for."""
    return float(2 * BASE**bucket / (BASE + 1))


def nearest_rank(values: Floats, share: float) -> float:
    """The percentile by nearest rank of raw values; NaN of none."""
    if not values.size:
        return float("nan")
    rank = int(np.ceil(share * values.size - 1e-9))
    return float(np.partition(values, rank - 1)[rank - 1])


def merged_nearest_rank(buckets: npt.NDArray[np.int64], counts: Counts, share: float) -> float:
    """The same of buckets and counts in any order, equal buckets merged."""
    order = np.argsort(buckets, kind="stable")
    running = np.cumsum(counts[order])
    rank = np.ceil(share * running[-1] - 1e-9)
    return value_of(int(buckets[order][np.searchsorted(running, rank)]))
