"""When a feed is asked next: at its cadence while it answers, ever later while it does not.

Pure; times are seconds of a monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

SLOWEST_RETRY_S = 300.0
# What a person must mend is not mended within seconds.
_FAULTY_RETRY_S = 60.0
_LONGEST_ASKED_S = 3_600.0


@dataclass(frozen=True)
class Turn:
    """A feed's next poll, and how many in a row have failed before it."""

    due_s: float
    failures: int = 0


def after_answer(turn: Turn, *, every_s: float, at_s: float, has_more: bool) -> Turn:
    """Keep to the grid of the cadence; turns that a slow source missed are not made up for."""
    if has_more:
        return Turn(at_s)
    missed = max(0, floor((at_s - turn.due_s) / every_s))
    return Turn(turn.due_s + (missed + 1) * every_s)


def after_failure(turn: Turn, *, every_s: float, at_s: float, asked_s: float | None = None) -> Turn:
    """Wait twice as long after each failure, up to 5 minutes (or the cadence where that is longer).

    `asked_s` is how long the source itself asks to be left alone; at most an hour is granted.
    """
    longest = max(SLOWEST_RETRY_S, every_s)
    wait_s = min(every_s * 2.0 ** min(turn.failures, 32), longest)
    return Turn(at_s + max(wait_s, min(asked_s or 0.0, _LONGEST_ASKED_S)), turn.failures + 1)


def after_fault(turn: Turn, *, every_s: float, at_s: float) -> Turn:
    """As `after_failure`, from a minute on: a person must look first."""
    return after_failure(turn, every_s=max(every_s, _FAULTY_RETRY_S), at_s=at_s)
