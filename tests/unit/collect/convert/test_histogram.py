"""Classic histograms into log buckets: nothing lost, and the same percentiles."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.convert.histogram import BASE, log_bucket, log_histogram
from anfl_assets.errors import SourceError

PROMETHEUS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, math.inf)


def promql_quantile(share: float, bounds: tuple[float, ...], counts: list[int]) -> float:
    """What `histogram_quantile` says: linear inside the bucket that holds the rank."""
    rank, running, lower = share * sum(counts), 0, 0.0
    for bound, count in zip(bounds, counts, strict=True):
        if running + count >= rank and count:
            return (
                lower if math.isinf(bound) else lower + (bound - lower) * (rank - running) / count
            )
        running, lower = running + count, bound
    return lower


def nearest_rank(share: float, buckets: list[int], counts: list[int]) -> float:
    """What `bucket_percentile` of the models says."""
    wanted = math.ceil(share * sum(counts))
    reached = next(
        bucket
        for bucket, running in zip(buckets, accumulate(counts), strict=True)
        if running >= wanted
    )
    return 2 * BASE**reached / (BASE + 1)


@given(
    st.lists(st.integers(0, 10_000), min_size=len(PROMETHEUS), max_size=len(PROMETHEUS)),
    st.sampled_from([1.0, 1000.0]),
)
def test_counts_are_kept_and_buckets_ascend(counts: list[int], ms_per_unit: float) -> None:
    buckets, spread = log_histogram(PROMETHEUS, counts, ms_per_unit=ms_per_unit)

    assert sum(spread) == sum(counts)
    assert all(count > 0 for count in spread)
    assert buckets == sorted(set(buckets))


@given(
    st.lists(st.integers(2_000, 50_000), min_size=len(PROMETHEUS) - 1, max_size=11),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_percentiles_are_within_two_percent_of_promqls(counts: list[int], share: float) -> None:
    filled = [*counts, 0]
    ours = nearest_rank(share, *log_histogram(PROMETHEUS, filled, ms_per_unit=1000))

    assert ours == pytest.approx(1000 * promql_quantile(share, PROMETHEUS, filled), rel=0.02)


def test_a_count_stays_between_the_bounds_of_its_bucket() -> None:
    buckets, counts = log_histogram((0.1, 0.2, math.inf), [0, 1000, 0], ms_per_unit=1000)

    assert sum(counts) == 1000
    assert (buckets[0], buckets[-1]) == (log_bucket(100), log_bucket(200))


def test_what_lies_above_the_last_bound_counts_at_that_bound() -> None:
    assert log_histogram((100.0, math.inf), [0, 7]) == ([log_bucket(100)], [7])


def test_a_bound_that_is_not_positive_takes_its_count_whole() -> None:
    assert log_histogram((0.0, math.inf), [3, 0]) == ([-32768], [3])


@pytest.mark.parametrize(
    ("bounds", "counts"),
    [
        ((1.0, 2.0), [1, 1]),
        ((2.0, 1.0, math.inf), [1, 1, 1]),
        ((1.0, math.inf), [1]),
        ((1.0, math.inf), [1, -1]),
        ((math.inf,), [1]),
    ],
)
def test_what_is_no_histogram_is_refused(bounds: tuple[float, ...], counts: list[int]) -> None:
    with pytest.raises(SourceError, match="histogram"):
        log_histogram(bounds, counts)
