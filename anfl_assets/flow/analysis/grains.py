"""The grains windows are observed at: how far apart they are, and how much data neighbours share.

`N days` is a trailing window that moves by a day, so N neighbours share data; a month and a quarter
are as long as the calendar says, and their step is the longest they can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from anfl_assets.catalog.duration import parse_duration
from anfl_assets.errors import BadQuantity

_DAY_S = 86_400
_TRAILING = re.compile(r"(\d+) days")
# Trends of windows coarser than asked for reach back over so many of them.
LEAST_WINDOWS = 12


@dataclass(frozen=True)
class Grain:
    """A grain by name: its step in seconds and how many neighbours share data with a window."""

    name: str
    step_s: int
    overlap: int = 1

    @property
    def is_calendar(self) -> bool:
        """Whether its windows are not equally long."""
        return self.name in ("month", "quarter")


def grain(name: str) -> Grain | None:
    """Return the grain of that name; None for one whose windows follow no grid (`event`)."""
    trailing = _TRAILING.fullmatch(name)
    if trailing:
        return Grain(name, _DAY_S, int(trailing[1]))
    try:
        step_s = parse_duration(name if name[:1].isdigit() else f"1 {name}").seconds
    except BadQuantity:
        return None
    return Grain(name, step_s) if step_s else None


def of_step(names: Iterable[str], step_s: int) -> Grain | None:
    """Return the grain whose windows are so far apart and share least; None where there is none."""
    known = [each for name in names if (each := grain(name)) is not None]
    return min(
        (each for each in known if each.step_s == step_s),
        key=lambda each: each.overlap,
        default=None,
    )


def coarser(names: Iterable[str], step_s: int) -> Grain | None:
    """Return the finest grain whose windows are further apart; None where there is none."""
    known = [each for name in names if (each := grain(name)) is not None]
    return min(
        (each for each in known if each.step_s > step_s),
        key=lambda each: (each.step_s, each.overlap),
        default=None,
    )
