"""Latency histograms: counts are kept, and their percentile is the one asked for."""

from __future__ import annotations

import numpy as np
import pytest

from examples.company.histogram import (
    bucket_of,
    histograms,
    latencies,
    merged_nearest_rank,
    nearest_rank,
    value_of,
)


@pytest.mark.parametrize("count", [0, 1, 20, 437, 450_000])
def test_a_histogram_keeps_its_count(count: int) -> None:
    _, counts = histograms(np.array([42.0]), np.array([count]))
    assert counts.sum() == count
    assert (counts >= 0).all()


@pytest.mark.parametrize("p95_ms", [18.0, 42.0, 155.4, 320.0])
def test_a_histogram_has_the_percentile_asked_for(p95_ms: float) -> None:
    buckets, counts = histograms(np.array([p95_ms]), np.array([300_000]))
    merged = merged_nearest_rank(buckets[0].astype(np.int64), counts[0], 0.95)
    assert merged == pytest.approx(p95_ms, rel=0.025)


def test_raw_latencies_follow_the_same_law() -> None:
    raw = latencies(72.0, 200_000, np.random.default_rng(1))
    assert nearest_rank(raw, 0.95) == pytest.approx(72.0, rel=0.01)


@pytest.mark.parametrize("latency_ms", [0.5, 1.0, 1.02, 17.3, 50.0, 1000.0])
def test_a_bucket_stands_for_its_values_within_a_percent(latency_ms: float) -> None:
    bucket = int(bucket_of(np.array([latency_ms]))[0])
    assert value_of(bucket) == pytest.approx(latency_ms, rel=0.01)


def test_equal_buckets_of_two_windows_are_one() -> None:
    buckets = np.array([10, 12, 10, 12])
    counts = np.array([50, 1, 45, 4])
    assert merged_nearest_rank(buckets, counts, 0.95) == value_of(10)
    assert merged_nearest_rank(buckets, counts, 0.951) == value_of(12)


@pytest.mark.parametrize(
    ("share", "value"), [(0.95, 19.0), (0.5, 10.0), (1.0, 20.0), (0.951, 20.0)]
)
def test_the_nearest_rank_is_a_value_that_occurred(share: float, value: float) -> None:
    assert nearest_rank(np.arange(1.0, 21.0), share) == value
