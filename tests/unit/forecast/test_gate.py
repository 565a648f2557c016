"""The gate: closed to chance and to a floor that is as good, open to what is better by more."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.gate import verdict_of
from anfl_assets.forecast.outlook import Skill, Verdict
from anfl_assets.forecast.series import Bounds, Floats
from anfl_assets.forecast.skill import held_out, skill_of

ORIGINS, HORIZON = 12, 90


def _judged(truth: Floats, ours: Floats, floor: Floats, name: str = "naive") -> tuple[Verdict, str]:
    backtest = Backtest(200 + 30 * np.arange(ORIGINS), truth, ours, floor, 1.0)
    skill = skill_of(backtest, held_out(backtest, Bounds()))
    return verdict_of(backtest, skill, name)


def _noise(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(ORIGINS, HORIZON))


def test_half_the_errors_of_the_floor_at_every_origin_open_the_gate() -> None:
    truth = 50 + _noise(1)
    floor = truth + np.abs(2 * (50 - truth))
    verdict, reason = _judged(truth, np.full_like(truth, 50.0), floor, "seasonal naive")
    assert (verdict, reason) == (
        "forecastable",
        "better than repeating the last week: errors 0.50 times as large over 12 origins",
    )


def test_errors_as_large_as_the_floors_close_it() -> None:
    truth = 50 + _noise(1)
    verdict, reason = _judged(truth, truth + 1.04, truth - 1.0)
    assert verdict == "not_forecastable"
    assert reason == (
        "not better than repeating the last value: errors 1.04 times as large over 12 origins"
    )


def test_one_lucky_origin_is_put_down_to_chance() -> None:
    truth = 50 + _noise(1)
    floor = truth + 1.0
    floor[0] += 20
    ours = truth + np.where(np.arange(ORIGINS) % 2, 1.02, 0.98)[:, None]
    verdict, reason = _judged(truth, ours, floor, "drift")
    assert verdict == "not_forecastable"
    assert reason.startswith("not surely better than drawing the line on: errors 0.38 times")
    assert reason.endswith("over 12 origins, which may be chance")


def test_chance_alone_hardly_ever_opens_it() -> None:
    random = np.random.default_rng(4)
    opened = 0
    for _ in range(200):
        walk = np.cumsum(random.normal(size=(ORIGINS, HORIZON)), axis=1)
        lean = random.normal(0, 3, size=(2, ORIGINS, 1))
        verdict, _ = _judged(walk, np.zeros_like(walk) + lean[0], np.zeros_like(walk) + lean[1])
        opened += verdict == "forecastable"
    assert opened <= 8


def test_a_steady_course_is_forecastable_though_the_floor_draws_it_as_well() -> None:
    line = np.tile(0.01 * np.arange(1.0, HORIZON + 1), (ORIGINS, 1))
    verdict, reason = _judged(line + 0.01 * _noise(2), line, line, "drift")
    assert verdict == "forecastable"
    assert reason == "a steady course: errors of 0.8 % of a week's change over 12 origins"


def test_what_never_moved_has_nothing_to_forecast() -> None:
    flat = np.full((ORIGINS, HORIZON), 7.0)
    assert _judged(flat, flat, flat) == (
        "not_forecastable",
        "it never moved: there is nothing to be better at",
    )


@pytest.mark.parametrize(
    ("coverage", "verdict"), [(0.30, "not_forecastable"), (0.65, "forecastable")]
)
def test_an_interval_that_held_far_too_few_days_closes_it(coverage: float, verdict: str) -> None:
    truth = 50 + _noise(1)
    floor = truth + 2 * np.abs(50 - truth)
    backtest = Backtest(200 + 30 * np.arange(ORIGINS), truth, np.full_like(truth, 50.0), floor, 1.0)
    skill = Skill(12, 0.8, 1.6, 1.0, coverage, 0.9, 0.5)
    found, reason = verdict_of(backtest, skill, "naive")
    assert found == verdict
    assert ("held 30 %" in reason) == (verdict == "not_forecastable")


def test_coverage_is_measured_on_origins_the_interval_has_not_seen() -> None:
    """One origin out of twelve is far off: with itself it would hold its own errors."""
    truth = _noise(1)
    truth[5] += 100
    backtest = Backtest(200 + 90 * np.arange(ORIGINS), truth, 0 * truth, 0 * truth, 1.0)
    skill = skill_of(backtest, held_out(backtest, Bounds()))
    assert skill.coverage_95 <= 11 / 12
    assert skill.origins == 12


def test_errors_without_a_scale_to_speak_of_stay_numbers() -> None:
    zeros = np.zeros((ORIGINS, HORIZON))
    backtest = Backtest(30 * np.arange(ORIGINS), zeros, zeros + 1, zeros, 1.0)
    skill = skill_of(backtest, held_out(backtest, Bounds()))
    assert (skill.mase, skill.floor_mase, skill.skill, skill.smape_pct) == (1.0, 0.0, -1.0, 200.0)
    assert verdict_of(backtest, skill, "naive")[0] == "not_forecastable"
