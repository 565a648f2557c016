"""Whether a forecast may be trusted: better than the floor by more than chance, and rightly sure.

Only a forecast that passes may foretell a breach; the others are shown, with the reason.
"""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.intervals import SCORES_PER_HORIZON, independent_origins
from anfl_assets.forecast.outlook import Skill, Verdict
from anfl_assets.forecast.series import Floats

LEAST_SKILL = 0.1
# One in twenty of what is no better than the floor looks so by chance; the margin comes on top.
CONFIDENCE = 0.95
# Errors of a tenth of a week's change leave nothing to gain: a steady course, as the drift draws.
EXACT_MASE = 0.1
# What the share of days inside the 80 % interval may be off beside what chance explains.
COVERAGE_SLACK = 0.1
# A walk's own drift lasts for as long as a horizon and passes for skill at every origin within it:
# a horizon's days tell at most so many times which of two is better (record 0075).
GAINS_PER_HORIZON = 1.5
_EXPECTED = 0.8
_DRAW = 0.01
_LEAST_DECIDED = 3
_NORMAL_95 = 1.645

_FLOORS = {
    "naive": "repeating the last value",
    "seasonal naive": "repeating the last week",
    "drift": "drawing the line on",
}


def verdict_of(backtest: Backtest, skill: Skill, floor_name: str) -> tuple[Verdict, str]:
    """Say whether the forecast may be trusted, and why, in a sentence for people.

    `skill` is that of the backtest; `floor_name` names the naive method that does best now.
    """
    floor = _FLOORS.get(floor_name, floor_name)
    if skill.mase == 0 and skill.floor_mase == 0 and not _moves(backtest):
        return "not_forecastable", "it never moved: there is nothing to be better at"
    if not _is_rightly_sure(backtest, skill):
        held = f"the 80 % interval held {100 * skill.coverage_80:.0f} % of the days it was tried on"
        return "not_forecastable", f"surer than it may be: {held}"
    if skill.mase <= EXACT_MASE:
        share = f"errors of {100 * skill.mase:.1f} % of a week's change"
        return "forecastable", f"a steady course: {share} over {skill.origins} origins"
    times = f"errors {_times(skill)} as large over {skill.origins} origins"
    if skill.skill < LEAST_SKILL:
        return "not_forecastable", f"not better than {floor}: {times}"
    if not _is_beyond_chance(backtest):
        return "not_forecastable", f"not surely better than {floor}: {times}, which may be chance"
    return "forecastable", f"better than {floor}: {times}"


def gains(backtest: Backtest) -> Floats:
    """Return by how much each scored origin's error is below the floor's: -1 to 1, 0 for a draw.

    The difference by the sum of both, so that one origin at which the floor failed badly does not
    stand for all.
    """
    error = np.abs(backtest.truth - backtest.combined)
    floor = np.abs(backtest.truth - backtest.floor)
    scored = np.isfinite(error)
    count = scored.sum(axis=1)
    ours = np.where(scored, error, 0.0).sum(axis=1)[count > 0]
    theirs = np.where(scored, floor, 0.0).sum(axis=1)[count > 0]
    both = ours + theirs
    return np.asarray(np.divide(theirs - ours, both, out=np.zeros_like(both), where=both > 0))


def _is_beyond_chance(backtest: Backtest) -> bool:
    """Whether the mean gain is above 0 with `CONFIDENCE`, by as many origins as are independent."""
    from scipy.special import stdtrit

    gained = gains(backtest)
    # Where the combination was the floor itself, it does not say which is better.
    gained = gained[np.abs(gained) > _DRAW]
    if gained.size < _LEAST_DECIDED:
        return False
    effective = min(_effective(gained), GAINS_PER_HORIZON * independent_origins(backtest))
    standard_error = float(gained.std(ddof=1)) / np.sqrt(effective)
    least = float(stdtrit(max(effective - 1, 1.0), CONFIDENCE)) * standard_error
    return bool(gained.mean() > least)


def _effective(gained: Floats) -> float:
    """Return how many independent gains say as much, by how a gain goes with the one before it.

    Origins that share days are mostly apart even so: what is compared starts anew at each.
    """
    around = gained - gained.mean()
    spread = float(np.sum(around**2))
    together = float(np.sum(around[1:] * around[:-1])) / spread if spread > 0 else 0.0
    together = max(together, 0.0)
    return max(2.0, gained.size * (1 - together) / (1 + together))


def _is_rightly_sure(backtest: Backtest, skill: Skill) -> bool:
    """Whether the 80 % interval holds about its share, given how few scores are independent.

    Only too few is a fault: an interval that is too wide foretells late, never falsely.
    """
    scores = SCORES_PER_HORIZON * independent_origins(backtest)
    chance = _NORMAL_95 * float(np.sqrt(_EXPECTED * (1 - _EXPECTED) / scores))
    return skill.coverage_80 >= _EXPECTED - COVERAGE_SLACK - chance


def _moves(backtest: Backtest) -> bool:
    known = backtest.truth[np.isfinite(backtest.truth)]
    return bool(known.size) and float(np.ptp(known)) > 0


def _times(skill: Skill) -> str:
    if skill.floor_mase <= 0:
        return "many times"
    return f"{skill.mase / skill.floor_mase:.2f} times"
