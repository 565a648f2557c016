"""What repeats every year, and what only seems to."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from anfl_assets.forecast.holidays import days_off
from anfl_assets.forecast.year import year_of

DAYS = np.arange(4 * 365 + 90)
SEASON = 10 * np.sin(2 * np.pi * DAYS / 365.25)
NOISE = np.random.default_rng(1).normal(0, 1, DAYS.size)


def test_a_season_beside_growth_is_found_and_carried_on() -> None:
    values = 100 + 0.05 * DAYS + SEASON + NOISE

    year = year_of(values[:-90], 90)

    assert year.share > 0.9
    assert year.ahead == pytest.approx(SEASON[-90:], abs=2)


def test_white_noise_has_no_year() -> None:
    assert year_of(NOISE[:-90], 90).share == 0


def test_growth_by_a_steady_factor_has_no_year() -> None:
    year = year_of(100 * np.exp(DAYS[:-90] / 400), 90)

    assert year.share < 0.3


def test_less_than_two_years_have_no_year() -> None:
    year = year_of((100 + SEASON)[:600], 30)

    assert year.share == 0
    assert year.ahead.tolist() == [0] * 30


def test_a_day_off_at_the_same_date_every_year_is_expected_again() -> None:
    first_day = date(2020, 1, 1)
    dates = np.datetime64(first_day) + DAYS
    values = 100 + NOISE
    values[np.isin(dates, [np.datetime64(f"{year}-01-06") for year in range(2020, 2025)])] -= 50

    coming = days_off(first_day, values[: 4 * 365], 20)

    assert np.flatnonzero(coming).tolist() == [6]  # 2024-01-06; the days to come begin 2023-12-31
    assert coming[6] == pytest.approx(-50, abs=5)


def test_a_day_off_in_one_year_only_is_not_expected_again() -> None:
    values = 100 + NOISE
    values[3 * 365 + 5] -= 50

    assert not days_off(date(2020, 1, 1), values[: 4 * 365], 20).any()
