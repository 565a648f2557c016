"""Gaps, spikes and marked days, treated as known by a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from anfl_assets.forecast.series import Bounds, DailySeries, Floats
from anfl_assets.forecast.treat import treated

WEEKS = np.tile([10.0, 11, 12, 13, 14, 5, 4], 20)
VALUES = WEEKS + np.random.default_rng(3).normal(0, 0.3, WEEKS.size)


def _series(
    values: Floats, marked: tuple[int, ...] = (), lower: float | None = None
) -> DailySeries:
    days = np.zeros(values.size, dtype=bool)
    days[list(marked)] = True
    return DailySeries(date(2026, 1, 1), values, Bounds(lower), days)


def test_a_gap_is_filled_by_its_weekdays_and_said() -> None:
    values = VALUES.copy()
    values[70:77] = np.nan

    found = treated(_series(values), values.size)

    assert found.values[70:77] == pytest.approx(WEEKS[70:77], abs=1)
    assert found.notes == ("7 days without a value filled",)


def test_one_absurd_spike_is_set_aside_and_said() -> None:
    values = VALUES.copy()
    values[60] = 1e12

    found = treated(_series(values), values.size)

    assert found.values[60] == pytest.approx(WEEKS[60], abs=1)
    assert found.notes == ("1 spike set aside",)


def test_a_lasting_shift_is_no_spike() -> None:
    values = VALUES.copy()
    values[-7:] += 100

    found = treated(_series(values), values.size)

    assert found.values.tolist() == values.tolist()


def test_marked_days_are_not_learned_from() -> None:
    values = VALUES.copy()
    values[50:53] += 100

    found = treated(_series(values, marked=(50, 51, 52)), values.size)

    assert not found.observed[50:53].any()
    assert found.values[50:53] == pytest.approx(WEEKS[50:53], abs=1)
    assert found.notes == ("3 marked days set aside",)


def test_values_the_unit_forbids_are_moved_to_its_bound() -> None:
    assert treated(_series(VALUES, lower=4.2), VALUES.size).values.min() == 4.2


def test_what_comes_after_a_day_changes_nothing_before_it() -> None:
    later = VALUES.copy()
    later[100:] = 1e9

    before = treated(_series(VALUES), 100)

    assert treated(_series(later), 100).values.tolist() == before.values.tolist()
