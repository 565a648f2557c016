"""How far the truth may lie from a forecast: what past errors were, lead by lead (conformal).

Errors are those of the rolling origins. Leads near each other share theirs, since a few origins
say little of one lead; the window grows with the lead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.outlook import LEVELS, Interval
from anfl_assets.forecast.series import Bounds, Floats


@dataclass(frozen=True)
class Margins:
    """How far below and above the forecast the truth may lie; shape (horizon,), 0 or more.

    By level (80, 95); the wider level holds the narrower, and no margin falls with the lead.
    """

    below: dict[int, Floats]
    above: dict[int, Floats]


def margins_of(backtest: Backtest) -> Margins:
    """Return the margins that past errors ask for."""
    errors = backtest.truth - backtest.combined
    below: dict[int, Floats] = {}
    above: dict[int, Floats] = {}
    for level in LEVELS:
        below[level] = _margin(-errors, level)
        above[level] = _margin(errors, level)
    return Margins(below, above)


def intervals_of(mean: Floats, margins: Margins, bounds: Bounds) -> dict[int, Interval]:
    """Return the intervals around a forecast, within the bounds."""
    return {
        level: Interval(
            bounds.clip(mean - margins.below[level]), bounds.clip(mean + margins.above[level])
        )
        for level in LEVELS
    }


def _margin(errors: Floats, level: int) -> Floats:
    horizon = errors.shape[1]
    tail = 0.5 + level / 200
    made = np.zeros(horizon)
    for day in range(horizon):
        reach = 2 + day // 3
        near = errors[:, max(day - reach, 0) : day + reach + 1]
        near = np.abs(near[np.isfinite(near)])
        if near.size:
            rank = min(1.0, (2 * tail - 1) * (1 + 1 / near.size))
            made[day] = np.quantile(near, rank)
    return np.maximum.accumulate(made)
