"""The whole pool on series whose future is known: what is foretold, and what never is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from anfl_assets.forecast.crossing import Crossing, crossing_of
from anfl_assets.forecast.engine import outlook_of
from anfl_assets.forecast.outlook import Outlook
from anfl_assets.forecast.series import Bounds, DailySeries, Floats

DAYS, HORIZON = 320, 90


def _outlook(values: Floats, bounds: Bounds) -> Outlook:
    series = DailySeries(date(2026, 1, 1), values, bounds, np.zeros(values.size, dtype=bool))
    return outlook_of(series, HORIZON, seed=1)


def _may_alert(outlook: Outlook, crossing: Crossing) -> bool:
    return (
        outlook.verdict == "forecastable"
        and crossing.by_day[-1] >= 0.5
        and crossing.expected_lead is not None
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_disk_that_fills_is_foretold_within_ten_days(seed: int) -> None:
    day = np.arange(DAYS + HORIZON)
    weekend = np.where(day % 7 >= 5, -1.0, 0.4)
    chance = np.random.default_rng(seed).normal(0, 0.3, day.size)
    used = 7 + 0.22 * day + weekend + chance
    outlook = _outlook(used[:DAYS], Bounds(0, 100))
    crossing = crossing_of(outlook.paths, outlook.mean, 88.0, "above")
    truth = int(np.argmax(used[DAYS:] > 88.0)) + 1
    assert _may_alert(outlook, crossing), outlook.reason
    assert crossing.lead_50 is not None
    assert abs(crossing.lead_50 - truth) <= 10


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "is_walk", [pytest.param(True, id="random walk"), pytest.param(False, id="white noise")]
)
def test_nothing_is_foretold_of_chance(seed: int, *, is_walk: bool) -> None:
    chance = np.random.default_rng(seed).normal(size=DAYS)
    values = 50 + (np.cumsum(chance) if is_walk else chance)
    outlook = _outlook(values, Bounds())
    usual = float(np.abs(np.diff(values)).mean())
    for times in (2, 3, 5, 10):
        above = crossing_of(outlook.paths, outlook.mean, values.max() + times * usual, "above")
        below = crossing_of(outlook.paths, outlook.mean, values.min() - times * usual, "below")
        assert not _may_alert(outlook, above)
        assert not _may_alert(outlook, below)
        assert is_walk or times < 5 or above.by_day[-1] < 0.2
