"""Which times a pull asks for, and the cursor between two pulls; seconds since 1970."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from anfl_assets.collect.connect.prometheus_queries import MOST_POINTS, Grid

# `Date` of an answer has whole seconds.
_CLOCK_S = 1


@dataclass(frozen=True)
class Cursor:
    """The last time asked for, and digests of the rows told that may still change."""

    last: int
    told: frozenset[str] = frozenset()

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps({"last": self.last, "told": sorted(self.told)})

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Return the cursor that `text` wrote."""
        content = json.loads(text)
        return cls(content["last"], frozenset(content["told"]))


@dataclass(frozen=True)
class Span:
    """The times of one pull: from `first` to `last`, of all up to `newest`.

    `told_to` is the last time of the pull before, which this one never goes behind.
    """

    first: int
    last: int
    newest: int
    told_to: int

    def holds(self, at: int) -> bool:
        """Whether the time is one of those asked for."""
        return self.first <= at <= self.last

    def until(self, grid: Grid, clocks: Sequence[datetime]) -> Span:
        """Return the span up to what is past by every server's clock.

        What a server says of its own future is the last sample it has, and a cursor in the future
        would leave out all that is yet to come.
        """
        if not clocks:
            return self
        past = grid.at_or_before(min(clocks).timestamp() + _CLOCK_S)
        if past >= self.last:
            return self
        last = max(past, self.told_to)
        return replace(self, last=last, newest=last)


def next_span(grid: Grid, earlier: Cursor | None, *, now: datetime) -> Span | None:
    """Return the times to ask for after a cursor; None where the clock is behind it.

    At most MOST_POINTS new ones, beginning with the oldest, and those again that may have changed.
    """
    newest = grid.at_or_before(now.timestamp())
    if earlier is None:
        first = grid.at_or_before(now.timestamp() - grid.start_s)
        told_to = first - grid.step_s
    else:
        first, told_to = grid.at_or_before(earlier.last - grid.lag_s), earlier.last
    if newest < told_to:
        return None
    last = min(newest, grid.at_or_before(told_to) + MOST_POINTS * grid.step_s)
    return Span(first, max(last, first), newest, told_to)
