"""A series becomes an outlook or is refused: nothing is NaN, nothing leaves the bounds.

With candidates that take milliseconds; the whole pool is tried in tests/integration.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.errors import ForecastError, TooFewPoints
from anfl_assets.forecast.candidates.levels import MedianLevel, MedianTrend
from anfl_assets.forecast.candidates.yearly import Plain
from anfl_assets.forecast.crossing import crossing_of
from anfl_assets.forecast.engine import outlook_of
from anfl_assets.forecast.outlook import Outlook
from anfl_assets.forecast.series import Bounds, DailySeries, Floats

QUICK = (Plain(MedianLevel(4)), Plain(MedianTrend()))
FIRST = date(2026, 1, 1)


def _series(values: Floats, bounds: Bounds = Bounds()) -> DailySeries:  # noqa: B008 -- frozen
    return DailySeries(FIRST, values, bounds, np.zeros(values.size, dtype=bool))


def _outlook(values: Floats, bounds: Bounds = Bounds(), horizon: int = 30) -> Outlook:  # noqa: B008 -- frozen
    return outlook_of(_series(values, bounds), horizon, seed=1, models=QUICK)


def _numbers(outlook: Outlook) -> list[Floats]:
    ends = [end for each in outlook.intervals.values() for end in (each.lower, each.upper)]
    return [outlook.mean, outlook.floor, outlook.paths, *ends]


def _holds(outlook: Outlook, bounds: Bounds) -> None:
    for numbers in _numbers(outlook):
        assert np.isfinite(numbers).all()
        assert bounds.clip(numbers).tolist() == numbers.tolist()
    narrow, wide = outlook.intervals[80], outlook.intervals[95]
    assert (wide.lower <= narrow.lower).all()
    assert (narrow.lower <= outlook.mean).all()
    assert (outlook.mean <= narrow.upper).all()
    assert (narrow.upper <= wide.upper).all()
    skill = outlook.skill
    figures = (skill.mase, skill.floor_mase, skill.smape_pct, skill.skill, skill.coverage_80)
    assert np.isfinite(figures).all()
    assert outlook.reason


def _rising(days: int, seed: int) -> Floats:
    day = np.arange(days)
    weekend = np.where(day % 7 >= 5, -1.0, 0.4)
    return 10 + 0.2 * day + weekend + np.random.default_rng(seed).normal(0, 0.3, days)


def test_a_rising_disk_is_forecastable_and_its_day_of_crossing_is_found() -> None:
    outlook = _outlook(_rising(320, 1), Bounds(0, 100), horizon=90)
    crossing = crossing_of(outlook.paths, outlook.mean, 85.0, "above")
    assert outlook.verdict == "forecastable"
    assert crossing.lead_50 is not None
    assert abs(crossing.lead_50 - 55) <= 6
    assert outlook.first_day.isoformat() == "2026-11-17"
    assert {score.lead_days for score in outlook.scores} == {1, 7, 30, 90}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda r, n: 50 + r.normal(size=n), id="noise around a constant"),
        pytest.param(lambda r, n: 50 + np.cumsum(r.normal(size=n)), id="a random walk"),
    ],
)
def test_nothing_is_foretold_of_chance(make: object) -> None:
    assert callable(make)
    for seed in range(6):
        values = make(np.random.default_rng(seed), 320)
        outlook = _outlook(values, horizon=90)
        far = float(values[-1]) + 6 * float(np.abs(np.diff(values)).mean()) * np.sqrt(10)
        crossing = crossing_of(outlook.paths, outlook.mean, far, "above")
        may_alert = outlook.verdict == "forecastable" and crossing.expected_lead is not None
        assert not may_alert


SPIKED = np.where(np.arange(200) == 120, 1e9, 5.0) + np.sin(np.arange(200.0))
SHIFTED = np.where(np.arange(200) >= 194, 500.0, 5.0) + np.sin(np.arange(200.0))
GAPPED = np.where((np.arange(800) > 200) & (np.arange(800) < 566), np.nan, np.arange(800.0) % 11)


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        pytest.param(np.full(200, 5.0), Bounds(0, 100), id="constant"),
        pytest.param(np.zeros(200), Bounds(lower=0), id="all zeros"),
        pytest.param(GAPPED, Bounds(), id="a year of gaps"),
        pytest.param(SPIKED, Bounds(lower=0), id="one absurd spike"),
        pytest.param(SHIFTED, Bounds(lower=0), id="a level shift last week"),
        pytest.param(np.sin(np.arange(200.0)) - 3, Bounds(lower=0), id="forbidden negatives"),
        pytest.param(1e300 * (2 + np.sin(np.arange(200.0))), Bounds(lower=0), id="huge"),
        pytest.param(1e-300 * (2 + np.sin(np.arange(200.0))), Bounds(lower=0), id="tiny"),
        pytest.param(np.arange(200.0) % 2 * 100, Bounds(0, 100), id="from bound to bound"),
    ],
)
def test_awkward_series_have_an_outlook_with_a_reason(values: Floats, bounds: Bounds) -> None:
    _holds(_outlook(values, bounds), bounds)


def test_a_constant_has_an_interval_without_width_and_is_not_forecastable() -> None:
    outlook = _outlook(np.full(200, 5.0))
    assert (
        outlook.intervals[95].lower.tolist() == outlook.intervals[95].upper.tolist() == [5.0] * 30
    )
    assert outlook.verdict == "not_forecastable"
    assert outlook.reason == "it never moved: there is nothing to be better at"


def test_after_a_shift_of_the_level_last_week_the_interval_owns_that_nobody_knows() -> None:
    outlook = _outlook(SHIFTED, Bounds(lower=0))
    ends = outlook.intervals[95]
    assert (ends.upper - ends.lower >= 300).all()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.arange(10.0), id="ten points"),
        pytest.param(np.full(200, np.nan), id="nothing known"),
        pytest.param(np.where(np.arange(200) < 195, np.nan, 1.0), id="five days known"),
    ],
)
def test_too_little_is_refused_with_what_there_is(values: Floats) -> None:
    with pytest.raises(TooFewPoints, match=r"\d"):
        _outlook(values)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.integers(1, 260),
    size=st.sampled_from([1e-300, 1e-6, 1.0, 1e9, 1e300]),
    bounds=st.sampled_from([Bounds(), Bounds(lower=0), Bounds(0, 100)]),
)
def test_any_series_has_an_outlook_or_is_refused(
    seed: int, days: int, size: float, bounds: Bounds
) -> None:
    random = np.random.default_rng(seed)
    values = size * np.round(random.standard_t(2, size=days), int(random.integers(0, 4)))
    values[random.random(days) < random.choice([0.0, 0.1, 0.7])] = np.nan
    values[int(days * random.random()) :] += size * random.choice([0.0, 50.0])
    values = np.where(random.random(days) < random.choice([0.0, 0.5]), 0.0, values)
    try:
        outlook = _outlook(values, bounds)
    except ForecastError as refusal:
        assert str(refusal)  # noqa: PT017 -- an outlook is as right
    else:
        _holds(outlook, bounds)
