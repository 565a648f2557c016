"""How often noise is taken for a trend, a jump or a correlation: measured, not promised.

First-order noise without any trend, of fixed seeds. A test of 5 % may err in 5 of 100; the limits
leave room for the scatter of 200 tries, and for the slowest noise, where the literature knows of
worse.
"""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.analyze.correlation import correlate
from anfl_assets.analyze.dependence import Floats
from anfl_assets.analyze.season import DAY_S
from anfl_assets.analyze.trend import Sense, Series, trend_of

pytestmark = pytest.mark.slow
TRIES = 200
ANY_CHANGE = Sense(is_lower_better=True, matters=0.0)


def _noise(random: np.random.Generator, count: int, repeated: float) -> Floats:
    values: Floats = random.normal(size=count + 200)
    for n in range(1, values.size):
        values[n] += repeated * values[n - 1]
    return values[200:]


@pytest.mark.parametrize(
    ("count", "step_s", "repeated", "limit"),
    [
        (90, DAY_S, 0.0, 0.08),
        (90, DAY_S, 0.6, 0.08),
        (90, DAY_S, 0.9, 0.10),
        (288, 300, 0.0, 0.08),
        (288, 300, 0.8, 0.08),
        (288, 300, 0.97, 0.10),
        (13, 7 * DAY_S, 0.3, 0.08),
    ],
)
def test_noise_has_a_slope_or_a_jump_about_once_in_twenty(
    count: int, step_s: int, repeated: float, limit: float
) -> None:
    random = np.random.default_rng(2_026)
    times = np.arange(count, dtype=np.float64)
    trends = [
        trend_of(Series(times, _noise(random, count, repeated), count, step_s), ANY_CHANGE)
        for _ in range(TRIES)
    ]
    assert sum(trend.is_significant for trend in trends) / TRIES <= limit
    assert sum(bool(trend.jumps) for trend in trends) / TRIES <= 0.08
    assert sum(trend.season is not None for trend in trends) / TRIES <= 0.02


@pytest.mark.parametrize("repeated", [0.0, 0.6, 0.9])
def test_the_interval_of_a_slope_holds_the_true_one(repeated: float) -> None:
    random = np.random.default_rng(2_027)
    times = np.arange(90, dtype=np.float64)
    held = 0
    for _ in range(TRIES):
        values = 0.2 * times + _noise(random, 90, repeated)
        slope = trend_of(Series(times, values, 90, DAY_S), ANY_CHANGE).slope
        held += slope is not None and slope.low <= 0.2 <= slope.high
    assert held / TRIES >= 0.90


def test_a_planted_jump_is_mostly_found() -> None:
    random = np.random.default_rng(2_028)
    found = 0
    for _ in range(TRIES):
        values = _noise(random, 288, 0.0)
        values[200:] += 3
        series = Series(np.arange(288, dtype=np.float64), values, 288, 300)
        jumps = trend_of(series, ANY_CHANGE).jumps
        found += len(jumps) == 1 and abs(jumps[0].index - 200) <= 3
    assert found / TRIES >= 0.85


@pytest.mark.parametrize(
    ("count", "max_lag", "step_s", "repeated"),
    [
        (30, 7, DAY_S, 0.0),
        (30, 7, DAY_S, 0.6),
        (90, 7, DAY_S, 0.5),
        (90, 7, DAY_S, 0.9),
        (504, 12, 300, 0.0),
        (504, 12, 300, 0.9),
    ],
)
def test_unrelated_noise_goes_together_at_its_best_lag_about_once_in_twenty(
    count: int, max_lag: int, step_s: int, repeated: float
) -> None:
    random = np.random.default_rng(2_029)
    sure = 0
    for _ in range(TRIES):
        left, right = (_noise(random, count, repeated)[:, None] for _ in range(2))
        [pair] = correlate(left, right, step_s=step_s, max_lag=max_lag)
        sure += pair.p is not None and pair.p < 0.05
    assert sure / TRIES <= 0.08


@pytest.mark.parametrize("repeated", [0.0, 0.8])
def test_the_interval_of_r_holds_the_true_one(repeated: float) -> None:
    random = np.random.default_rng(2_030)
    held = 0
    for _ in range(TRIES):
        left, other = _noise(random, 300, repeated), _noise(random, 300, repeated)
        right = np.roll(left, 3) + other
        [pair] = correlate(left[:, None], right[:, None], step_s=300, max_lag=6)
        held += pair.r_low is not None and pair.r_high is not None and (
            pair.r_low <= np.sqrt(0.5) <= pair.r_high
        )  # fmt: skip
    assert held / TRIES >= 0.93
