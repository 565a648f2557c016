"""How errors grow, recovered from errors that were made to grow so."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.forecast.growth import growth_of, power_of, weight_of
from anfl_assets.forecast.series import Bounds, Floats

LEADS = np.arange(1.0, 91.0)


def test_errors_that_do_not_grow_have_a_flat_course() -> None:
    sizes = np.abs(np.random.default_rng(1).normal(size=(200, 90)))
    assert growth_of(sizes)[0] == pytest.approx(1.0, abs=0.08)


def test_a_power_of_the_lead_is_found() -> None:
    growth = growth_of(np.tile(3 * (LEADS + 14) ** 0.4, (5, 1)))
    np.testing.assert_allclose(growth, ((LEADS + 14) / 104) ** 0.4)


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(np.zeros((4, 90)), id="no errors at all"),
        pytest.param(np.full((4, 90), np.nan), id="nothing scored"),
        pytest.param(np.tile(LEADS[::-1], (4, 1)), id="errors that shrink"),
        pytest.param(np.full((4, 90), 1e-300), id="hardly a number"),
        pytest.param(np.full((4, 90), 1e300), id="nearly too large a number"),
        pytest.param(np.where(LEADS == 3, 1.0, np.nan)[None], id="one day scored"),
    ],
)
def test_what_does_not_grow_is_flat(sizes: Floats) -> None:
    np.testing.assert_allclose(growth_of(sizes), 1.0)


def test_errors_in_proportion_to_the_level_are_told_from_even_ones() -> None:
    random = np.random.default_rng(2)
    forecasts = np.exp(random.normal(3, 1, size=(12, 1))) * np.ones((12, 30))
    even = random.normal(size=(12, 30))
    assert power_of(even * forecasts, forecasts, Bounds(lower=0)) == 1.0
    assert power_of(even, forecasts, Bounds(lower=0)) == 0.0
    assert power_of(even * forecasts, forecasts, Bounds()) == 0.0


def test_a_course_to_a_bound_is_not_taken_to_grow_sure() -> None:
    past = np.linspace(40, 60, 12)[:, None] * np.ones((12, 30))
    bounds = Bounds(0, 100)
    weights = weight_of(np.linspace(60, 100, 30), past, bounds, 1.0)
    assert weights.min() >= 0.8
