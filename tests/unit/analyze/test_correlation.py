"""What goes with what: planted lags are found, common courses are not, and doubt is said."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.analyze.correlation import Pair, correlate
from anfl_assets.analyze.dependence import Floats, autocorrelation
from anfl_assets.analyze.season import DAY_S

STEPS = 2_016
RANDOM = np.random.default_rng(17)
LEFT, OTHER = RANDOM.normal(size=STEPS), RANDOM.normal(size=STEPS)


def _pair(left: Floats, right: Floats, *, step_s: int = 300, max_lag: int = 12) -> Pair:
    [found] = correlate(left[:, None], right[:, None], step_s=step_s, max_lag=max_lag)
    return found


def test_a_planted_lag_is_found_with_its_slope_and_a_positive_lag_is_led_by_left() -> None:
    right = 2 * np.roll(LEFT, 5) + OTHER
    found = _pair(LEFT, right)
    assert (found.verdict, found.lag) == ("together", 5)
    assert found.slope == pytest.approx(2, abs=0.1)
    assert found.r == pytest.approx(2 / np.sqrt(5), abs=0.05)
    assert found.r_low is not None
    assert found.r_high is not None
    assert found.r_low < 2 / np.sqrt(5) < found.r_high


def test_exchanging_the_sides_exchanges_the_lag() -> None:
    right = 2 * np.roll(LEFT, 5) + OTHER
    assert _pair(right, LEFT).lag == -5


def test_what_falls_when_the_other_rises_is_opposite() -> None:
    found = _pair(LEFT, OTHER - LEFT)
    assert (found.verdict, found.lag) == ("opposite", 0)


def test_a_common_daily_course_does_not_make_two_go_together() -> None:
    day = 5 * np.sin(np.arange(STEPS) / 288 * 2 * np.pi)
    assert abs(np.corrcoef(LEFT + day, OTHER + day)[0, 1]) > 0.9
    assert _pair(LEFT + day, OTHER + day).verdict == "unrelated"


def test_two_that_both_grow_do_not_go_together() -> None:
    growth = 0.05 * np.arange(STEPS)
    assert _pair(LEFT + growth, OTHER + growth).verdict == "unrelated"


def test_gaps_are_left_out_by_pair() -> None:
    right = LEFT + OTHER
    left = LEFT.copy()
    left[100:600], right[500:900] = np.nan, np.inf
    found = _pair(left, right)
    assert (found.verdict, found.lag, found.points) == ("together", 0, STEPS - 800)


def test_one_extreme_window_makes_no_correlation() -> None:
    left, right = LEFT.copy(), OTHER.copy()
    left[1_000], right[1_000] = 500, 500
    found = _pair(left, right)
    assert (found.r or 0) > 0.9
    assert found.verdict == "unrelated"


def test_a_constant_side_is_said() -> None:
    found = _pair(np.full(STEPS, 100.0), OTHER)
    assert (found.verdict, found.is_constant, found.r) == ("insufficient", True, None)


@pytest.mark.parametrize("count", [0, 2, 9])
def test_too_few_pairs_are_counted_and_not_computed(count: int) -> None:
    left = np.full(30, np.nan)
    left[:count] = LEFT[:count]
    found = _pair(left, OTHER[:30], step_s=DAY_S, max_lag=7)
    assert (found.verdict, found.points, found.r) == ("insufficient", count, None)


def test_two_slow_walks_do_not_go_together() -> None:
    found = _pair(np.cumsum(LEFT), np.cumsum(OTHER))
    assert found.verdict in ("unrelated", "insufficient")


def test_many_pairs_are_counted_together() -> None:
    random = np.random.default_rng(23)
    left, right = random.normal(size=(30, 12)), random.normal(size=(30, 12))
    right[:, 0] = left[:, 0] + 0.2 * right[:, 0]
    pairs = correlate(left, right, step_s=DAY_S, max_lag=7)
    assert len(pairs) == 144
    assert [(pair.left, pair.right) for pair in pairs if pair.verdict == "together"] == [(0, 0)]
    assert all((pair.q or 1) >= (pair.p or 0) for pair in pairs)


def test_autocorrelation_is_that_of_the_values_that_are_there() -> None:
    wave = np.tile([1.0, -1.0], 50)
    wave[10:20] = np.nan
    assert autocorrelation(wave, 2) == pytest.approx([-1, 1])
    assert autocorrelation(np.full(10, 4.0), 1).tolist() == [0.0]
