"""What is learned from at an origin: the scale, the lone days calmed, the year taken apart."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from anfl_assets.forecast.candidates.autoregression import Autoregression
from anfl_assets.forecast.candidates.levels import MedianLevel, MedianTrend
from anfl_assets.forecast.candidates.yearly import WithYear, YearAgo
from anfl_assets.forecast.past import past_of
from anfl_assets.forecast.scale import scale_of

FIRST_DAY = date(2023, 1, 2)
DAYS = np.arange(3 * 364 + 91)
WEEK = np.array([3.0, 4, 4, 3, 0, -7, -7])[DAYS % 7]
YEAR = 20 * np.sin(2 * np.pi * DAYS / 365.25)
NOISE = np.random.default_rng(5).normal(0, 1, DAYS.size)


def test_swings_that_grow_with_the_level_are_learned_on_logarithms() -> None:
    level = 50 + DAYS

    assert scale_of(level * (1 + NOISE / 6)).is_log
    assert not scale_of(level + WEEK + NOISE).is_log


def test_values_at_or_below_zero_are_learned_on_as_they_are() -> None:
    assert not scale_of(np.where(DAYS == 5, 0.0, 10 + NOISE / 10)).is_log


def test_a_forecast_that_runs_away_is_moved_to_a_range_beyond_the_history() -> None:
    scale = scale_of(np.concatenate([np.zeros(50), np.full(50, 10.0)]))

    assert scale.back(np.array([-1e9, 5.0, 1e9])).tolist() == [-10, 5, 20]


def test_a_lone_day_far_off_is_calmed_but_still_observed() -> None:
    values = 100 + WEEK + NOISE
    values[500] -= 60

    past = past_of(FIRST_DAY, values, 30)

    assert past.observed[500] == values[500]
    assert past.scale.back(past.values)[500] == pytest.approx(100 + WEEK[500], abs=3)


def test_models_beside_the_year_follow_it() -> None:
    truth = 200 + WEEK + YEAR
    past = past_of(FIRST_DAY, (truth + NOISE)[:-91], 91)

    for model in (WithYear(MedianLevel(4)), WithYear(Autoregression())):
        made = past.scale.back(model.fit(past).forecast(past, 91))
        assert np.abs(made - truth[-91:]).mean() < 3


def test_a_year_ago_is_the_same_weekday_moved_by_the_level() -> None:
    grown = WEEK + YEAR + np.where(DAYS >= 900, 50.0, 0.0) + 200
    past = past_of(FIRST_DAY, grown[:-91], 91)

    made = past.scale.back(YearAgo().fit(past).forecast(past, 91))

    assert np.abs(made - grown[-91:]).mean() < 8


def test_half_a_years_trend_goes_on() -> None:
    values = 100 + 0.2 * DAYS + WEEK
    past = past_of(FIRST_DAY, values[:-91], 91)

    made = past.scale.back(MedianTrend().fit(past).forecast(past, 91))

    assert made == pytest.approx(values[-91:], abs=2)
