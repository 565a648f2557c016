"""How far the truth may lie from a forecast, by what past errors were (conformal).

Errors of rolling origins, each divided by what is usual at its lead and level, are one sample:
pooled over all origins and all leads. Its quantiles, times what is usual at a day to come, are the
margins; they are widened for how few origins there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.outlook import LEVELS, Interval
from anfl_assets.forecast.series import WEEK, Bounds, Floats
from anfl_assets.forecast.yardstick import by_yardstick, yardstick_of

# Errors of one origin go together, and errors of origins less than a horizon apart are in part the
# same: a horizon's days count as so many independent scores of how large errors are (record 0075).
SCORES_PER_HORIZON = 4.0
# A tail of its own rests on half the sample: half the way from both tails together to each alone.
_OWN_TAIL = 0.5
_LEAST_MISSED_DAYS = 3


@dataclass(frozen=True)
class Margins:
    """How far below and above the forecast the truth may lie; shape (horizon,), 0 or more.

    By level (80, 95); the wider level holds the narrower, and none falls with the lead.
    """

    below: Mapping[int, Floats]
    above: Mapping[int, Floats]


def margins_of(backtest: Backtest, forecast: Floats, bounds: Bounds) -> Margins:
    """Return the margins of a forecast, shape (horizon,), that past errors ask for.

    Never falling with the lead; 0 where the backtest has no error at all.
    """
    yardstick = yardstick_of(backtest, bounds)
    errors = by_yardstick(backtest, yardstick)
    sample = errors[np.isfinite(errors)]
    degrees = SCORES_PER_HORIZON * independent_origins(backtest)
    tails = np.array([_tails(sample, level / 100) * _widening(degrees, level) for level in LEVELS])
    # What missed a whole week at the end by more than all that is usual may come back, or stay.
    tails = np.maximum(tails, _newest_miss(backtest, errors, float(tails.max(initial=0.0))))
    below, above = np.maximum.accumulate(tails).T
    usual = yardstick.usual(forecast)
    return Margins(
        {level: usual * margin for level, margin in zip(LEVELS, below, strict=True)},
        {level: usual * margin for level, margin in zip(LEVELS, above, strict=True)},
    )


def intervals_of(mean: Floats, margins: Margins, bounds: Bounds) -> dict[int, Interval]:
    """Return the intervals around a forecast, within the bounds."""
    return {
        level: Interval(
            bounds.clip(mean - margins.below[level]), bounds.clip(mean + margins.above[level])
        )
        for level in LEVELS
    }


def independent_origins(backtest: Backtest) -> float:
    """Return how many horizons follow one another in the days that were scored; at least 1.

    Origins less than a horizon apart are judged by the same days: they say little more than one.
    """
    scored = np.isfinite(backtest.truth).any(axis=0)
    if not scored.any():
        return 1.0
    leads = np.arange(1, scored.size + 1)
    ends = backtest.origins + np.where(np.isfinite(backtest.truth), leads, 0).max(axis=1)
    return max(1.0, float(ends.max() - backtest.origins.min()) / scored.size)


def _newest_miss(backtest: Backtest, errors: Floats, usual: float) -> float:
    """Return by how much the last week was missed at least, 0 where that was nothing unusual.

    A day's miss is the least of the forecasts of it; the week's the median of its days. A level
    that shifted last week is a handful of days among a year's errors: no quantile would tell.
    """
    if not np.isfinite(errors).any():
        return 0.0
    days = backtest.origins[:, None] + np.arange(1, errors.shape[1] + 1)
    sizes = np.where(np.isfinite(errors), np.abs(errors), np.inf)
    newest = int(days[np.isfinite(errors)].max())
    misses = np.array([sizes[days == day].min(initial=np.inf) for day in _week_to(newest)])
    known = misses[np.isfinite(misses)]
    missed = float(np.median(known)) if known.size >= _LEAST_MISSED_DAYS else 0.0
    return missed if missed > usual else 0.0


def _week_to(day: int) -> range:
    return range(day - WEEK + 1, day + 1)


def _tails(sample: Floats, level: float) -> Floats:
    """Return the margins below and above that hold the share `level` of the sample."""
    if not sample.size:
        return np.zeros(2)
    held = min(1.0, level * (1 + 1 / sample.size))
    both = np.quantile(np.abs(sample), held)
    low, high = np.quantile(sample, [0.5 - held / 2, 0.5 + held / 2])
    own = np.array([max(-low, 0.0), max(high, 0.0)])
    return np.asarray((1 - _OWN_TAIL) * both + _OWN_TAIL * own, np.float64)


def _widening(degrees: float, level: int) -> float:
    """Return what a scale known by so few scores asks for: Student's quantile by the normal's."""
    from scipy.special import ndtri, stdtrit

    end = 0.5 + level / 200
    return float(stdtrit(degrees, end)) / float(ndtri(end))
