"""The robust slope against another implementation, a textbook and what must never change it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.analyze.slope import kendall_variance, robust_slope

NAN = float("nan")


def _noise(count: int, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(size=count)


def test_the_slope_is_that_of_scipy() -> None:
    from scipy.stats import theilslopes

    times = np.arange(60.0)
    values = 0.3 * times + _noise(60)
    assert robust_slope(times, values).slope == pytest.approx(theilslopes(values, times).slope)


def test_the_interval_of_independent_values_is_about_that_of_scipy() -> None:
    from scipy.stats import theilslopes

    times = np.arange(200.0)
    values = 0.02 * times + _noise(200)
    found = robust_slope(times, values)
    other = theilslopes(values, times, alpha=0.95)
    assert found.high - found.low == pytest.approx(other.high_slope - other.low_slope, rel=0.2)


def test_the_variance_of_s_is_less_where_values_tie() -> None:
    assert kendall_variance(np.arange(10.0)) == 125
    assert kendall_variance(np.array([1.0, 1.0, 2.0])) == pytest.approx(48 / 18)


def test_a_fifth_of_nonsense_hardly_moves_it() -> None:
    times = np.arange(100.0)
    values = 2 * times + _noise(100)
    values[::5] = 1e6
    assert robust_slope(times, values).slope == pytest.approx(2, abs=0.2)


def test_gaps_are_left_out() -> None:
    times = np.arange(40.0)
    values = 3 * times
    values[5:25] = NAN
    assert robust_slope(times, values).slope == 3


def test_slow_noise_is_worth_few_values_and_widens_the_interval() -> None:
    slow = _noise(200)
    for n in range(1, slow.size):
        slow[n] += 0.9 * slow[n - 1]
    found = robust_slope(np.arange(200.0), slow)
    assert found.effective < 50
    assert not found.is_significant


def test_values_that_bound_nothing_have_an_endless_interval() -> None:
    found = robust_slope(np.arange(5.0), np.array([1.0, 5.0, 2.0, 4.0, 3.0]))
    assert (found.low, found.high) == (-np.inf, np.inf)


# The first of them loads SciPy.
@settings(deadline=None)
@given(
    st.floats(0.1, 10),
    st.floats(-100, 100),
    st.lists(st.integers(-50, 50), min_size=8, max_size=20),
)
def test_scale_and_shift_of_the_values_only_scale_the_slope(
    scale: float, shift: float, numbers: list[int]
) -> None:
    values = np.array(numbers, dtype=np.float64)
    times = np.arange(values.size, dtype=np.float64)
    one, other = robust_slope(times, values), robust_slope(times, scale * values + shift)
    assert other.slope == pytest.approx(scale * one.slope, abs=1e-9)
