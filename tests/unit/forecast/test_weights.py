"""Weights: inverse to the errors of origins before, adding up to one."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.forecast.weights import relative_errors, weights_of

EVERY = np.array([True, True, True])


def test_half_the_error_weighs_sixty_four_times_as_much() -> None:
    weights = weights_of(np.array([1.0, 2.0, np.nan]), EVERY)

    assert weights == pytest.approx([64 / 65, 1 / 65, 0])


def test_equal_errors_share_equally_and_all_add_up_to_one() -> None:
    weights = weights_of(np.array([3.0, 3.0, 3.0]), EVERY)

    assert weights == pytest.approx([1 / 3] * 3)


def test_of_two_without_any_error_the_simpler_is_taken_alone() -> None:
    assert weights_of(np.array([0.5, 0.0, 0.0]), EVERY).tolist() == [0, 1, 0]


def test_where_nothing_was_judged_all_that_can_forecast_weigh_the_same() -> None:
    weights = weights_of(np.full(3, np.nan), np.array([True, False, True]))

    assert weights.tolist() == [0.5, 0, 0.5]


def test_a_candidate_that_cannot_forecast_now_weighs_nothing() -> None:
    weights = weights_of(np.array([0.1, 1.0, 1.0]), np.array([False, True, True]))

    assert weights.tolist() == [0, 0.5, 0.5]


def test_errors_are_by_those_of_the_usual_candidate() -> None:
    truth = np.zeros((2, 2))
    made = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 2.0), np.full((2, 2), 4.0)])

    errors = relative_errors(made, truth, np.array([10, 12]), now=14)

    assert errors == pytest.approx([0.5, 1.0, 2.0])


def test_days_after_now_teach_nothing() -> None:
    origins = np.array([10, 11])
    made = np.stack([np.full((2, 3), 1.0), np.full((2, 3), 2.0)])
    truth = np.zeros((2, 3))
    changed = truth.copy()
    changed[0, 2] = changed[1, 1:] = 99.0  # day 13 from both origins, day 14 from the second

    before = relative_errors(made, truth, origins, now=12)

    assert relative_errors(made, changed, origins, now=12).tolist() == before.tolist()


def test_one_origin_is_too_few_to_weigh_by() -> None:
    made = np.ones((2, 2, 3))

    errors = relative_errors(made, np.zeros((2, 3)), np.array([10, 20]), now=15)

    assert np.isnan(errors).all()


def test_a_candidate_missing_at_an_origin_is_judged_on_the_others() -> None:
    made = np.stack([np.ones((2, 2)), np.full((2, 2), 2.0), np.full((2, 2), 2.0)])
    made[0, 0] = np.nan

    errors = relative_errors(made, np.zeros((2, 2)), np.array([10, 12]), now=20)

    assert errors == pytest.approx([0.5, 1.0, 1.0])
