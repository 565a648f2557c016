"""The collector's clock: what time it is, and how much of it has passed.

Both as arguments, so that tests run years in seconds. Waits and schedules go by the monotonic one,
which no administrator and no time server sets.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

# A time server's nudges are smaller; a jump is what somebody set, or a machine that slept.
_JUMP_S = 2.0


@dataclass(frozen=True)
class Clock:
    """`now` in UTC; `monotonic` in seconds since some moment."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


SYSTEM_CLOCK = Clock(lambda: datetime.now(UTC), time.monotonic)


@dataclass
class JumpWatch:
    """Tells when the wall clock moved by more than the time that passed."""

    clock: Clock
    _offset: float = field(init=False)

    def __post_init__(self) -> None:
        """Take the clock as it stands."""
        self._offset = self._difference()

    def jumped(self) -> float:
        """Return by how many seconds the wall clock jumped since it was last asked; 0 if it ran."""
        before, self._offset = self._offset, self._difference()
        moved = self._offset - before
        return moved if abs(moved) > _JUMP_S else 0.0

    def _difference(self) -> float:
        return self.clock.now().timestamp() - self.clock.monotonic()
