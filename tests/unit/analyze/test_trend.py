"""From a slope to a verdict: direction, chance, what matters, and when nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.analyze.dependence import Floats
from anfl_assets.analyze.season import DAY_S
from anfl_assets.analyze.trend import Sense, Series, Trend, trend_of

NOISE = np.random.default_rng(3).normal(size=90)
DAYS = np.arange(90.0)
LOWER, HIGHER = Sense(is_lower_better=True, matters=1.0), Sense(is_lower_better=False, matters=1.0)


def _of(values: Floats, sense: Sense = LOWER, *, overlap: int = 1) -> Trend:
    series = Series(np.arange(values.size, dtype=np.float64), values, values.size, DAY_S, overlap)
    return trend_of(series, sense)


@pytest.mark.parametrize(
    ("slope", "sense", "verdict"),
    [
        (0.5, LOWER, "worsening"),
        (-0.5, LOWER, "improving"),
        (0.5, HIGHER, "improving"),
        (-0.5, HIGHER, "worsening"),
    ],
)
def test_the_metric_says_which_way_is_worse(slope: float, sense: Sense, verdict: str) -> None:
    found = _of(500 + slope * DAYS + NOISE, sense)
    assert found.verdict == verdict
    assert found.change == pytest.approx(slope * 89, rel=0.1)


def test_noise_is_flat() -> None:
    found = _of(50 + NOISE)
    assert (found.verdict, found.is_significant, found.jumps) == ("flat", False, ())


def test_a_certain_change_too_small_to_matter_is_flat() -> None:
    found = _of(50 + 0.001 * DAYS + 0.001 * NOISE)
    assert (found.verdict, found.is_significant) == ("flat", True)


def test_a_small_level_needs_a_quarter_of_itself() -> None:
    assert _of(0.05 + 0.0005 * DAYS + 0.001 * NOISE).verdict == "worsening"


def test_a_jump_without_a_slope_is_told_by_what_it_adds() -> None:
    values = 40 + NOISE
    values[80:] += 60
    found = _of(values)
    assert (found.verdict, len(found.jumps)) == ("worsening", 1)
    assert found.told == pytest.approx(60, abs=2)


def test_a_constant_is_flat_and_said_to_be_constant() -> None:
    found = _of(np.full(90, 99.9))
    assert (found.verdict, found.is_constant, found.change) == ("flat", True, 0)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_too_few_values_are_counted_and_not_computed(count: int) -> None:
    values = np.full(90, np.nan)
    values[:count] = 1.0
    found = _of(values)
    assert (found.verdict, found.points, found.expected, found.slope) == (
        "insufficient", count, 90, None,
    )  # fmt: skip


def test_values_of_a_small_part_of_the_window_are_no_trend_of_it() -> None:
    values = np.full(90, np.nan)
    values[:30] = DAYS[:30]
    assert _of(values).verdict == "insufficient"


def test_no_value_at_all_is_insufficient() -> None:
    assert _of(np.full(90, np.nan)).points == 0


def test_what_is_infinite_is_no_value() -> None:
    values = 500 + 0.5 * DAYS + NOISE
    values[[3, 50]] = [np.inf, -np.inf]
    found = _of(values)
    assert (found.points, found.verdict) == (88, "worsening")


def test_gaps_and_spikes_do_not_change_the_verdict() -> None:
    values = 500 + 0.5 * DAYS + NOISE
    values[20:40] = np.nan
    values[[10, 60, 70]] = 1e6
    assert _of(values).verdict == "worsening"


def test_a_weekend_is_no_trend() -> None:
    values = 50 + np.where(DAYS % 7 >= 5, -20.0, 0.0) + NOISE
    found = _of(values)
    assert found.season is not None
    assert (found.verdict, found.season.period) == ("flat", 7)


def test_a_season_told_by_the_days_before_is_no_trend_of_the_window() -> None:
    noise = np.random.default_rng(9).normal(size=2_304)
    values = 100 + 30 * np.sin(np.arange(2_304) / 288 * 2 * np.pi) + noise
    for end in (2_304, 2_304 - 96):
        series = Series(np.arange(2_016.0), values[end - 2_016 : end], 144, 300)
        assert trend_of(series, LOWER).verdict == "flat"


def test_trailing_windows_are_worth_as_many_as_do_not_overlap() -> None:
    daily = np.random.default_rng(2).normal(size=117)
    rolling = np.convolve(daily, np.ones(28) / 28, "valid")
    found = _of(rolling, overlap=28)
    assert found.effective is not None
    assert found.effective < 6
    assert found.verdict in ("flat", "insufficient")


def test_a_long_series_is_thinned_and_keeps_its_slope() -> None:
    noise = np.random.default_rng(4).normal(size=9_000)
    values = 500 + 0.01 * np.arange(9_000) + noise
    found = _of(values)
    assert found.change == pytest.approx(90, rel=0.05)
