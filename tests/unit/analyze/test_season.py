"""A season is found where there is one, beside a trend, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.analyze.season import DAY_S, find_season, periods, without_season

FIVE_MINUTES = 300
NOISE = np.random.default_rng(5).normal(size=2_304)
WEEK = np.array([5.0, 5.0, 5.0, 5.0, 5.0, -8.0, -9.0])


def test_a_weekly_course_is_found_and_taken_out_beside_a_steep_trend() -> None:
    trend = 0.5 * np.arange(90)
    values = np.tile(WEEK, 13)[:90] + trend + NOISE[:90]
    season = find_season(values, [7])
    assert season is not None
    assert season.period == 7
    assert season.strength > 0.9
    assert season.profile == pytest.approx(WEEK - WEEK.mean(), abs=1.5)
    assert np.std(without_season(values, season) - trend) < 1.5


def test_a_steep_trend_alone_is_no_season() -> None:
    assert find_season(np.arange(90.0) ** 2 / 50, [7]) is None
    assert find_season(3 * np.arange(90.0) + NOISE[:90], [7]) is None


def test_noise_is_no_season() -> None:
    assert find_season(NOISE[:90], [7]) is None
    assert find_season(NOISE, [288, 12]) is None


def test_a_daily_course_of_five_minutes_is_smooth() -> None:
    day = 10 * np.sin(np.arange(2_304) / 288 * 2 * np.pi)
    season = find_season(day + NOISE, [288, 12])
    assert season is not None
    assert season.period == 288
    assert season.profile == pytest.approx(day[:288], abs=1.5)


def test_a_gap_in_a_phase_hides_it() -> None:
    values = np.tile(WEEK, 13)[:90] + NOISE[:90]
    values[3::7] = np.nan
    assert find_season(values, [7]) is None


def test_only_periods_that_fit_three_times_are_looked_for() -> None:
    assert periods(FIVE_MINUTES, 288) == [12]
    assert periods(FIVE_MINUTES, 8 * 288) == [288, 12]
    assert periods(DAY_S, 90) == [7]
    assert periods(DAY_S, 20) == []


def test_a_period_within_a_trailing_window_is_averaged_away() -> None:
    assert periods(DAY_S, 90, overlap=28) == []
