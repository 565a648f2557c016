"""What is drawn, before it takes a shape: points, lines, limits, marks on the time axis, bars.

Values only; moments are aware. Names may come from outside: a shape makes them inert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

Spec = dict[str, Any]
Row = dict[str, Any]
Look = Literal["light", "dark"]
MarkKind = Literal["incident", "maintenance", "deploy", "definition"]


class Drawn(TypedDict, total=False):
    """How a chart is presented; `width` in pixels or "container", `height` in pixels."""

    title: str
    subtitle: str
    width: int | Literal["container"]
    height: int


@dataclass(frozen=True)
class Point:
    """The value of the window that ended at a moment; None where it had none: a gap."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Limits:
    """Target and threshold of a metric, both in `unit`."""

    target: float
    threshold: float
    unit: str


@dataclass(frozen=True)
class Mark:
    """Something that happened: a stretch where `until` is later, a moment otherwise.

    An incident or maintenance without an end goes on to the end of the chart.
    """

    kind: MarkKind
    at: datetime
    until: datetime | None
    text: str


@dataclass(frozen=True)
class Line:
    """One subject, its points oldest first."""

    subject: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Ahead:
    """A moment to come: what is expected, and the ends of its 80 and 95 % intervals."""

    at: datetime
    mean: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float


@dataclass(frozen=True)
class Meeting:
    """Where a forecast meets a level: when, at which value, and how it is called."""

    at: datetime
    level: float
    text: str


@dataclass(frozen=True)
class Fan:
    """A series up to its origin, the last of `past`, and what is forecast of it; oldest first."""

    past: Sequence[Point]
    ahead: Sequence[Ahead]
    meetings: Sequence[Meeting] = ()


@dataclass(frozen=True)
class Bar:
    """One part of a whole or of a change: its signed value and how it reads (`+12.3 %`)."""

    name: str
    value: float
    text: str


@dataclass(frozen=True)
class Pair:
    """The values of two series in the same window."""

    at: datetime
    x: float
    y: float
