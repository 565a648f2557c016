"""When a level will be crossed: first passage of joint paths (probability by day, 50 and 90 %)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from anfl_assets.forecast.series import Bools, Floats

Side = Literal["above", "below"]
HALF, NEARLY_SURE = 0.5, 0.9


@dataclass(frozen=True)
class Crossing:
    """The probability that a level has been crossed by each day to come.

    Attributes:
        level: what is crossed, in the series' unit; `side` is where the crossed side lies.
        by_day: shape (horizon,), never falling, 0 to 1.
        lead_50, lead_90: the first lead (1 = first day) whose probability is at least 50 or 90 %;
            None where the horizon does not reach it.
        expected_lead: the first lead at which the forecast mean itself is across; None where never.
    """

    level: float
    side: Side
    by_day: Floats
    lead_50: int | None
    lead_90: int | None
    expected_lead: int | None


def crossing_of(paths: Floats, mean: Floats, level: float, side: Side) -> Crossing:
    """Return when the level is first passed, by the share of paths that have passed it.

    `paths` has shape (paths, horizon), at least one of them; `mean` shape (horizon,). A value on
    the level itself has not crossed it, as a threshold's own value is not beyond it.
    """
    by_day = np.logical_or.accumulate(_across(paths, level, side), axis=1).mean(axis=0)
    return Crossing(
        level=level,
        side=side,
        by_day=by_day,
        lead_50=_first_lead(by_day >= HALF),
        lead_90=_first_lead(by_day >= NEARLY_SURE),
        expected_lead=_first_lead(_across(mean, level, side)),
    )


def _across(values: Floats, level: float, side: Side) -> Bools:
    return values > level if side == "above" else values < level


def _first_lead(days: Bools) -> int | None:
    return int(np.argmax(days)) + 1 if days.any() else None
