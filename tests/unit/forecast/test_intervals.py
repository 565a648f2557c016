"""Intervals against processes whose quantiles are known, and what must hold for any backtest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.intervals import independent_origins, intervals_of, margins_of
from anfl_assets.forecast.series import Bounds, Floats


def _backtest(errors: Floats, *, level: float = 50.0, apart: int | None = None) -> Backtest:
    forecasts = np.full(errors.shape, level)
    origins = 100 + np.arange(errors.shape[0]) * (apart or errors.shape[1])
    return Backtest(origins, forecasts + errors, forecasts, forecasts, 1.0)


def test_independent_normal_errors_give_their_own_quantiles() -> None:
    errors = np.random.default_rng(1).normal(size=(60, 90))
    margins = margins_of(_backtest(errors), np.full(90, 50.0), Bounds())
    for side in (margins.below, margins.above):
        np.testing.assert_allclose(side[80], 1.28, rtol=0.09)
        np.testing.assert_allclose(side[95], 1.96, rtol=0.09)


def test_a_tail_to_one_side_makes_the_interval_longer_there() -> None:
    errors = np.random.default_rng(1).exponential(size=(30, 90)) - np.log(2)
    margins = margins_of(_backtest(errors), np.full(90, 50.0), Bounds())
    assert (margins.above[95] > 1.5 * margins.below[95]).all()


def test_few_origins_make_wider_intervals_than_many() -> None:
    errors = np.random.default_rng(1).normal(size=(40, 30))
    many = margins_of(_backtest(errors), np.full(30, 50.0), Bounds())
    crowded = margins_of(_backtest(errors, apart=1), np.full(30, 50.0), Bounds())
    assert (crowded.above[95] > 1.1 * many.above[95]).all()


def test_the_errors_of_a_random_walk_are_covered_at_the_end_of_the_horizon() -> None:
    random = np.random.default_rng(3)
    inside = []
    for _ in range(200):
        errors = np.cumsum(random.normal(size=(12, 30)), axis=1)
        margins = margins_of(_backtest(errors), np.full(30, 50.0), Bounds())
        last = np.cumsum(random.normal(size=30))[-1]
        inside.append(-margins.below[80][-1] <= last <= margins.above[80][-1])
    assert 0.74 <= np.mean(inside) <= 0.9


def test_a_backtest_without_an_error_gives_an_interval_without_width() -> None:
    mean = np.full(7, 5.0)
    made = intervals_of(mean, margins_of(_backtest(np.zeros((5, 7))), mean, Bounds()), Bounds())
    assert made[95].lower.tolist() == made[95].upper.tolist() == [5.0] * 7


@pytest.mark.parametrize(
    ("apart", "expected"), [(90, 4.0), (30, 2.0), (1, 1 + 3 / 90)], ids=["apart", "third", "next"]
)
def test_origins_that_share_days_count_by_the_days_they_span(apart: int, expected: float) -> None:
    assert independent_origins(_backtest(np.ones((4, 90)), apart=apart)) == pytest.approx(expected)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    shape=st.tuples(st.integers(1, 12), st.sampled_from([1, 7, 30, 90])),
    size=st.sampled_from([0.0, 1e-300, 1e-3, 1.0, 40.0, 1e6, 1e300]),
    bounds=st.sampled_from([Bounds(), Bounds(lower=0), Bounds(0, 100), Bounds(upper=100)]),
)
def test_any_backtest_gives_finite_ordered_widening_intervals_within_bounds(
    seed: int, shape: tuple[int, int], size: float, bounds: Bounds
) -> None:
    random = np.random.default_rng(seed)
    forecasts = bounds.clip(random.normal(50, 30, size=shape))
    truth = bounds.clip(forecasts + size * random.standard_t(3, size=shape))
    truth[random.random(shape) < random.random()] = np.nan
    mean = bounds.clip(random.normal(50, 30, size=shape[1]))
    backtest = Backtest(100 + 30 * np.arange(shape[0]), truth, forecasts, forecasts, 1.0)
    margins = margins_of(backtest, mean, bounds)
    for margin in (*margins.below.values(), *margins.above.values()):
        assert np.isfinite(margin).all()
        assert (margin >= 0).all()
        assert (np.diff(margin) >= 0).all()
    made = intervals_of(mean, margins, bounds)
    for ends in made.values():
        assert (ends.lower <= mean).all()
        assert (ends.upper >= mean).all()
        assert bounds.clip(ends.lower).tolist() == ends.lower.tolist()
        assert bounds.clip(ends.upper).tolist() == ends.upper.tolist()
    assert (made[95].lower <= made[80].lower).all()
    assert (made[95].upper >= made[80].upper).all()
