"""The naive methods, to the last digit."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.candidates.floors import drift, naive, seasonal_naive

OBSERVED = np.array([2.0, 1, 4, 3, 6, 5, 8, 10])


def test_naive_repeats_the_last_value() -> None:
    assert naive(OBSERVED, 3).tolist() == [10, 10, 10]


def test_seasonal_naive_repeats_the_last_week() -> None:
    assert seasonal_naive(OBSERVED, 9).tolist() == [1, 4, 3, 6, 5, 8, 10, 1, 4]


def test_drift_goes_on_along_the_line_from_first_to_last() -> None:
    assert drift(np.array([1.0, 9.0, 3.0]), 2).tolist() == [4, 5]
