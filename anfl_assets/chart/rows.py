"""From points, lines and marks to the rows of a chart's datasets.

A page that has drawn a chart calls these for its later rows. The fields' names are fixed, and what
came from outside stands in values only: nothing in a name is ever read as a field or an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite

from anfl_assets.chart.types import Line, Mark, Point, Row
from anfl_assets.wording.inert import one_line

_LONGEST_NAME = 80
_LONGEST_LABEL = 26
_STRETCHES = ("incident", "maintenance")
# Labels nearer to each other than this part of the axis would overlap.
_LABEL_ROOM = 0.16


def milliseconds(at: datetime) -> int:
    """Return a moment as a chart has it: milliseconds since 1970, UTC."""
    return round(at.timestamp() * 1000)


def names(lines: Sequence[Line]) -> list[str]:
    """Return what each line is called: one printable line, no two alike."""
    found: list[str] = []
    for line in lines:
        name = plain = one_line(line.subject, _LONGEST_NAME) or "(no name)"
        number = 1
        while name in found:
            number += 1
            name = f"{plain} ({number})"
        found.append(name)
    return found


def point_rows(lines: Sequence[Line]) -> list[Row]:
    """Return the dataset `points` of a history: at, value, subject; `alone` between two gaps.

    The first line comes last, so that it is drawn above the others.
    """
    named = list(zip(names(lines), lines, strict=True))
    return [
        {"at": milliseconds(point.at), "value": value, "subject": name, "alone": alone}
        for name, line in reversed(named)
        for point, value, alone in _judged(line.points)
    ]


def spark_rows(points: Sequence[Point], *, target: float | None = None) -> list[Row]:
    """Return the dataset `points` of a sparkline: at, value, target; `dot` for the newest value."""
    judged = list(_judged(points))
    newest = max((n for n, each in enumerate(judged) if each[1] is not None), default=None)
    return [
        {
            "at": milliseconds(point.at),
            "value": value,
            "target": target,
            "dot": alone or place == newest,
        }
        for place, (point, value, alone) in enumerate(judged)
    ]


def mark_rows(marks: Sequence[Mark], lines: Sequence[Line]) -> list[Row]:
    """Return the dataset `marks` of a history: what lies within the time its points span.

    A label is left out where the one before it is too near; the mark stays.
    """
    ends = [point.at for line in lines for point in line.points]
    if not ends:
        return []
    first, last = min(ends), max(ends)
    rows: list[Row] = []
    labelled_at: datetime | None = None
    for mark in sorted(marks, key=lambda each: each.at):
        begins, until = _clipped(mark, first, last)
        if until < first or begins > last:
            continue
        has_room = labelled_at is None or begins - labelled_at >= (last - first) * _LABEL_ROOM
        labelled_at = begins if has_room else labelled_at
        row = _mark_row(mark, (begins, until), label=mark.text if has_room else "")
        rows.append({**row, "is_late": last - begins < (last - first) * _LABEL_ROOM})
    return rows


def _clipped(mark: Mark, first: datetime, last: datetime) -> tuple[datetime, datetime]:
    if mark.kind not in _STRETCHES:
        return mark.at, mark.at
    until = last if mark.until is None else min(mark.until, last)
    return max(mark.at, first), until


def _mark_row(mark: Mark, stretch: tuple[datetime, datetime], *, label: str) -> Row:
    return {
        "kind": mark.kind,
        "shape": "stretch" if mark.kind in _STRETCHES else "rule",
        "at": milliseconds(stretch[0]),
        "until": milliseconds(stretch[1]),
        "text": one_line(mark.text),
        "label": one_line(label, _LONGEST_LABEL),
    }


def span(lines: Sequence[Line]) -> timedelta:
    """Return the time the points span; zero without any."""
    ends = [point.at for line in lines for point in line.points]
    return max(ends) - min(ends) if ends else timedelta()


def _judged(points: Sequence[Point]) -> list[tuple[Point, float | None, bool]]:
    """Return each point with its value, None if it is no number, and whether no line reaches it."""
    values = [_finite(point.value) for point in points]
    around = [None, *values, None]
    return [
        (
            point,
            value,
            value is not None and around[place] is None and around[place + 2] is None,
        )
        for place, (point, value) in enumerate(zip(points, values, strict=True))
    ]


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
