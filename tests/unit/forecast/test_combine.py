"""The combination: what it makes of bad input, and that it never looks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.candidates.autoregression import Autoregression
from anfl_assets.forecast.candidates.levels import MedianLevel, MedianTrend
from anfl_assets.forecast.candidates.yearly import Plain, WithYear, YearAgo
from anfl_assets.forecast.combine import Combined, combined
from anfl_assets.forecast.past import Past
from anfl_assets.forecast.series import Bounds, DailySeries, Floats

CHEAP = (
    Plain(MedianLevel(4)),
    Plain(MedianTrend()),
    YearAgo(),
    Plain(Autoregression()),
    WithYear(MedianLevel(4)),
)
DAYS = np.arange(400)
WEEK = np.array([3.0, 4, 4, 3, 0, -7, -7])
NOISE = np.random.default_rng(7).normal(0, 0.5, 400)


@dataclass(frozen=True)
class Diverging:
    """A model whose optimiser ends nowhere."""

    name: str = "diverging"
    fit_every: int = 1

    def fit(self, past: Past) -> Diverging:
        """Learn nothing."""
        del past
        return self

    def forecast(self, past: Past, horizon_days: int) -> Floats:
        """Leave for infinity."""
        return np.full(horizon_days, past.values[-1]) * np.inf


@dataclass(frozen=True)
class Raising:
    """A model whose library raises whatever it likes."""

    name: str = "raising"
    fit_every: int = 1

    def fit(self, past: Past) -> Diverging:
        """Give up."""
        raise ZeroDivisionError(f"line search failed\nafter {past.values.size} days")


def _series(values: Floats, lower: float | None = None, upper: float | None = None) -> DailySeries:
    marked = np.zeros(values.size, dtype=bool)
    return DailySeries(date(2025, 1, 6), values, Bounds(lower, upper), marked)


def _sound(made: Combined, bounds: Bounds) -> bool:
    tables = (made.mean, made.floor, made.backtest.combined, made.backtest.floor)
    finite = all(np.isfinite(table).all() for table in tables)
    return finite and all((bounds.clip(table) == table).all() for table in tables)


def test_a_trend_and_a_week_are_carried_on() -> None:
    coming = np.arange(400, 430)
    made = combined(_series(100 + 0.1 * DAYS + WEEK[DAYS % 7] + NOISE), 30, CHEAP)

    assert made.mean == pytest.approx(100 + 0.1 * coming + WEEK[coming % 7], abs=1.5)


def test_weights_add_up_to_one_and_the_heaviest_is_first() -> None:
    weights = [one.weight for one in combined(_series(100 + NOISE), 30, CHEAP).candidates]

    assert sum(weights) == pytest.approx(1)
    assert weights == sorted(weights, reverse=True)


def test_the_same_series_gives_the_same_forecast() -> None:
    first, second = (combined(_series(100 + NOISE), 30, CHEAP) for _ in range(2))

    assert first.mean.tolist() == second.mean.tolist()


@pytest.mark.parametrize("origin", [300, 398])
def test_what_comes_after_an_origin_changes_nothing_it_forecast(origin: int) -> None:
    values = 100 + WEEK[DAYS % 7] + NOISE
    changed = values.copy()
    changed[origin + 1 :] = 5 * changed[origin + 1 :] - 1000
    before, after = (combined(_series(one), 30, CHEAP).backtest for one in (values, changed))
    past = before.origins <= origin

    assert past.any()
    assert after.combined[past].tolist() == before.combined[past].tolist()
    assert after.floor[past].tolist() == before.floor[past].tolist()


def test_days_to_come_and_days_without_a_value_are_no_truth() -> None:
    values = 100 + NOISE
    values[380] = np.nan
    backtest = combined(_series(values), 30, CHEAP).backtest
    last = int(backtest.origins[-1])

    assert np.isnan(backtest.truth[-1][400 - 1 - last :]).all()
    assert np.isnan(backtest.truth[backtest.origins < 380, :].ravel()).any()


def test_models_that_fail_are_told_in_words_and_weigh_nothing() -> None:
    made = combined(_series(100 + NOISE), 30, (*CHEAP, Diverging(), Raising()))
    failed = {one.name: (one.weight, one.failure) for one in made.candidates}

    assert failed["diverging"] == (0, "it gave no finite forecast")
    assert failed["raising"] == (0, "it failed: line search failed")
    assert failed["a year ago"] == (0, "less than a year and 8 weeks are known")


SPIKE = np.where(DAYS == 200, 1e12, 10 + NOISE)
GAPS = np.where((DAYS > 20) & (DAYS < 380), np.nan, 50 + NOISE)
BAD = {
    "constant": np.full(400, 5.0),
    "all zeros": np.zeros(400),
    "nearly a year of gaps": GAPS,
    "one absurd spike": SPIKE,
    "a level shift last week": np.where(DAYS > 392, 90.0, 10 + NOISE),
    "forbidden negatives": NOISE * 10,
    "tiny values": 1e-300 * (2 + NOISE),
    "huge values": 1e300 * (2 + NOISE),
    "an outage at the end": np.where(DAYS > 385, 0.0, 40 + NOISE),
    "growth by a factor": np.exp(DAYS / 20),
    "counts with zeros": np.random.default_rng(1).poisson(0.3, 400).astype(float),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_finite_forecasts_inside_the_bounds(name: str) -> None:
    bounds = Bounds(0.0)

    assert _sound(combined(_series(BAD[name], lower=0.0), 30, CHEAP), bounds)


def test_a_share_near_its_end_stays_inside_both_bounds() -> None:
    bounds = Bounds(0.0, 100.0)
    values = np.minimum(90 + DAYS / 30 + NOISE, 100)

    assert _sound(combined(_series(values, 0.0, 100.0), 30, CHEAP), bounds)


def test_a_total_that_never_fell_does_not_fall() -> None:
    made = combined(_series(np.cumsum(np.where(DAYS % 7 > 4, 0.0, 10 + NOISE))), 30, CHEAP)

    assert (np.diff(made.mean) >= 0).all()


def test_a_constant_is_forecast_exactly() -> None:
    made = combined(_series(np.full(150, 5.1)), 30, CHEAP)

    assert made.mean.tolist() == [5.1] * 30
    assert (made.backtest.combined == 5.1).all()


def test_one_absurd_spike_moves_nothing() -> None:
    made = combined(_series(SPIKE), 30, CHEAP)

    assert made.mean == pytest.approx(np.full(30, 10.0), abs=1)
    assert made.notes == ("1 spike set aside",)


def test_a_short_history_says_that_its_origins_lie_close_together() -> None:
    made = combined(_series(100 + NOISE[:70]), 30, CHEAP)

    assert made.notes == ("short history: 16 origins of the backtest lie 3 days apart",)


def test_ten_points_are_refused_with_what_it_takes() -> None:
    with pytest.raises(TooFewPoints, match=r"10 values .* on 10 days; it takes 28"):
        combined(_series(np.arange(10.0)), 30, CHEAP)
