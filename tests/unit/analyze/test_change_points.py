"""Jumps of a level: found where planted, beside noise that repeats itself, gaps and spikes."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.analyze.change_points import change_points

NOISE = np.random.default_rng(11).normal(size=300)


def test_a_planted_jump_is_found_where_it_is() -> None:
    values = NOISE.copy()
    values[200:] += 5
    [jump] = change_points(values)
    assert abs(jump.index - 200) <= 1
    assert jump.by == pytest.approx(5, abs=0.5)


def test_up_and_down_are_two() -> None:
    values = NOISE.copy()
    values[100:200] -= 6
    down, up = change_points(values)
    assert (down.by < 0, up.by > 0) == (True, True)


def test_noise_has_none() -> None:
    assert change_points(NOISE) == []


def test_slow_noise_has_none() -> None:
    slow = NOISE.copy()
    for n in range(1, slow.size):
        slow[n] += 0.8 * slow[n - 1]
    assert change_points(slow) == []


def test_a_spike_is_none() -> None:
    values = NOISE.copy()
    values[150] = 500
    assert change_points(values) == []


def test_a_drift_is_none() -> None:
    assert change_points(np.linspace(0, 30, 300) ** 1.5) == []


def test_a_jump_beside_a_gap_has_the_index_on_the_grid() -> None:
    values = NOISE.copy()
    values[200:] += 6
    values[180:200] = np.nan
    [jump] = change_points(values)
    assert jump.index == 200


def test_a_jump_of_values_without_noise_is_found() -> None:
    [jump] = change_points(np.repeat([1.0, 3.0], 50))
    assert (jump.index, jump.by) == (50, 2.0)


def test_a_jump_too_small_to_matter_is_not_told() -> None:
    values = NOISE.copy()
    values[200:] += 5
    assert change_points(values, least=10) == []


@pytest.mark.parametrize("count", [0, 2, 19])
def test_too_few_values_have_none(count: int) -> None:
    assert change_points(np.arange(count, dtype=np.float64)) == []
