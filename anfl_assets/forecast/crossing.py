"""When a level will be crossed: first passage of joint paths (probability by day, 50 and 90 %)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anfl_assets.forecast.series import Floats

Side = Literal["above", "below"]


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
