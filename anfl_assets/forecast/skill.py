"""What a forecast is worth: its errors at past origins beside the floor's, and the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.intervals import Margins, margins_of
from anfl_assets.forecast.outlook import LEVELS, Skill, Verdict
from anfl_assets.forecast.series import Bounds, Floats

_LEAST_SKILL = 0.05
_LEAST_COVERAGE_80 = 0.6


def held_out(backtest: Backtest, bounds: Bounds) -> list[Margins]:
    """Return each origin's margins, made from the errors of the others."""
    return [
        margins_of(_without(backtest, origin), backtest.combined[origin], bounds)
        for origin in range(backtest.origins.size)
    ]


def skill_of(backtest: Backtest, margins: list[Margins]) -> Skill:
    """Measure the backtest; `margins` are those that did not see their origin."""
    seen = np.isfinite(backtest.truth)
    truth, combined = backtest.truth[seen], backtest.combined[seen]
    error = float(np.abs(truth - combined).mean())
    floor = float(np.abs(truth - backtest.floor[seen]).mean())
    size = np.abs(truth) + np.abs(combined)
    within = {level: _within(backtest, margins, level)[seen].mean() for level in LEVELS}
    return Skill(
        origins=backtest.origins.size,
        mase=error / backtest.scale,
        floor_mase=floor / backtest.scale,
        smape_pct=float(
            np.mean(200 * np.divide(np.abs(truth - combined), size, where=size > 0, out=0 * size))
        ),
        coverage_80=float(within[80]),
        coverage_95=float(within[95]),
        skill=1 - error / floor if floor > 0 else 0.0,
    )


def verdict_of(skill: Skill) -> tuple[Verdict, str]:
    """Say whether the forecast may be trusted, and why."""
    times = skill.mase / skill.floor_mase if skill.floor_mase > 0 else 1.0
    beside = f"errors {times:.2f} times as large as the floor's over {skill.origins} origins"
    if skill.skill < _LEAST_SKILL:
        return "not_forecastable", f"not better than the floor: {beside}"
    if skill.coverage_80 < _LEAST_COVERAGE_80:
        share = f"{100 * skill.coverage_80:.0f} % of days inside the 80 % interval"
        return "not_forecastable", f"too sure of itself: {share}"
    return "forecastable", f"better than the floor: {beside}"


def _without(backtest: Backtest, origin: int) -> Backtest:
    kept = np.arange(backtest.origins.size) != origin
    return replace(
        backtest,
        origins=backtest.origins[kept],
        truth=backtest.truth[kept],
        combined=backtest.combined[kept],
        floor=backtest.floor[kept],
    )


def _within(backtest: Backtest, margins: list[Margins], level: int) -> Floats:
    below = np.stack([m.below[level] for m in margins])
    above = np.stack([m.above[level] for m in margins])
    error = backtest.truth - backtest.combined
    return np.where((error >= -below) & (error <= above), 1.0, 0.0)
