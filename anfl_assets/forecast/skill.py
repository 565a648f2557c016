"""What a forecast is worth: its errors at past origins beside the floor's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.intervals import Margins, margins_of
from anfl_assets.forecast.outlook import Skill
from anfl_assets.forecast.series import Bounds, Floats


def held_out(backtest: Backtest, bounds: Bounds) -> list[Margins]:
    """Return each origin's margins, made from the errors of the others."""
    return [
        margins_of(_without(backtest, origin), backtest.combined[origin], bounds)
        for origin in range(backtest.origins.size)
    ]


def skill_of(backtest: Backtest, margins: list[Margins]) -> Skill:
    """Measure the backtest, of which at least one day is scored.

    `margins` are those of each origin that did not see it: an interval that is tried on the errors
    it was made from says nothing. Skill is 0 where neither erred, -1 where only the floor did not.
    """
    seen = np.isfinite(backtest.truth)
    truth, combined = backtest.truth[seen], backtest.combined[seen]
    error = float(np.abs(truth - combined).mean())
    floor = float(np.abs(truth - backtest.floor[seen]).mean())
    return Skill(
        origins=int(seen.any(axis=1).sum()),
        mase=error / backtest.scale,
        floor_mase=floor / backtest.scale,
        smape_pct=_smape_pct(truth, combined),
        coverage_80=_coverage(backtest, margins, 80),
        coverage_95=_coverage(backtest, margins, 95),
        skill=1 - error / floor if floor > 0 else -float(error > 0),
    )


def _smape_pct(truth: Floats, forecast: Floats) -> float:
    size = np.abs(truth) + np.abs(forecast)
    error = np.abs(truth - forecast)
    return float(200 * np.divide(error, size, out=np.zeros_like(size), where=size > 0).mean())


def _coverage(backtest: Backtest, margins: list[Margins], level: int) -> float:
    below = np.stack([each.below[level] for each in margins])
    above = np.stack([each.above[level] for each in margins])
    errors = backtest.truth - backtest.combined
    held = (errors >= -below) & (errors <= above)
    return float(held[np.isfinite(errors)].mean())


def _without(backtest: Backtest, origin: int) -> Backtest:
    kept = np.arange(backtest.origins.size) != origin
    return replace(
        backtest,
        origins=backtest.origins[kept],
        truth=backtest.truth[kept],
        combined=backtest.combined[kept],
        floor=backtest.floor[kept],
    )
