"""One series of cumulative counters read point by point: increases between points, or by window.

Pure arithmetic, exact for whole counters. A counter that fell was reset: what it shows is what
was counted since, as Prometheus has it. Times are microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Number = int | float
_MOST_SERIES = 10_000


@dataclass(frozen=True)
class Increase:
    """What was counted from `start` to `end`, for each counter."""

    start: int
    end: int
    counts: tuple[Number, ...]


@dataclass
class Series:
    """The last point of a series: when, what each counter showed, and what is not told yet.

    `sums` is counted up to the point since the series began, `told` up to `until`, the end of the
    last window; None before the first window begins.
    """

    at: int
    values: list[Number]
    sums: list[Number]
    told: list[Number]
    until: int | None = None

    @classmethod
    def begun(cls, at: int, values: Sequence[Number], every: int | None) -> Series:
        """Return a series after its first point."""
        zeros: list[Number] = [0] * len(values)
        on_edge = every is None or at % every == 0
        return cls(at, list(values), zeros, list(zeros), at if on_edge else None)

    def advance(self, at: int, values: Sequence[Number], every: int | None) -> list[Increase]:
        """Take the next point, later than the last; return what is told by it, in order.

        Without `every`, that is the stretch between the points. With it, the whole windows that
        end by the point: between two points a counter is taken to have grown evenly.
        """
        grown = [
            new - old if new >= old else new for old, new in zip(self.values, values, strict=True)
        ]
        before, began = self.sums, self.at
        self.sums = [total + part for total, part in zip(before, grown, strict=True)]
        self.at, self.values = at, list(values)
        told = []
        for edge in _edges(began, at, every):
            reached = [
                total + _share(part, edge - began, at - began)
                for total, part in zip(before, grown, strict=True)
            ]
            if self.until is not None:
                counts = tuple(new - old for old, new in zip(self.told, reached, strict=True))
                told.append(Increase(self.until, edge, counts))
            self.told, self.until = reached, edge
        return told

    def kept(self) -> list[Any]:
        """Return it JSON-ready; `Series(*kept)` is it again."""
        return [self.at, self.values, self.sums, self.told, self.until]


def remembered(series: Mapping[str, Series], seen: Container[str], since: int) -> dict[str, Series]:
    """Return the series without those silent too long where they are more than 10,000.

    Forgotten are the longest silent of those whose last point is before `since` and that are not
    among the `seen`: a file may tell one series after the other, each from the beginning.
    """
    surplus = len(series) - _MOST_SERIES
    if surplus <= 0:
        return dict(series)
    silent = [key for key, kept in series.items() if kept.at < since and key not in seen]
    forgotten = set(sorted(silent, key=lambda key: series[key].at)[:surplus])
    return {key: kept for key, kept in series.items() if key not in forgotten}


def _edges(began: int, at: int, every: int | None) -> Sequence[int]:
    if every is None:
        return (at,)
    return range((began // every + 1) * every, at + 1, every)


def _share(grown: Number, part: int, whole: int) -> Number:
    """Return the part of a growth that lies in a part of its time; whole numbers rounded down."""
    if part == whole:
        return grown
    return grown * part // whole if isinstance(grown, int) else grown * part / whole
