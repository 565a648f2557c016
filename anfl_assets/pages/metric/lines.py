"""From the courses of subjects to the lines of a chart: the worst first, gaps as gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from anfl_assets.chart.types import Limits, Line, Point
from anfl_assets.flow.analysis.grains import grain
from anfl_assets.pages.metric.spans import Span, step
from anfl_assets.report.course import Points
from anfl_assets.report.scoreboard import BoardRow

# More lines than these are a grey surface; more points make a browser slow.
_MOST_LINES, _LEAST_LINES = 50, 8
_MOST_POINTS = 6_000


def subjects_in_order(rows: Sequence[BoardRow], asked: Sequence[str]) -> tuple[str, ...]:
    """Return the subjects, the important ones first: the whole, then worst first.

    `rows` are those of one metric, worst first; without any asked for these are all of them.
    """
    ordered = [row.subject for row in rows if row.subject == "all"]
    ordered += [row.subject for row in rows if row.subject != "all"]
    return tuple(subject for subject in ordered if not asked or subject in asked)


def drawn(subjects: Sequence[str], span: Span) -> tuple[str, ...]:
    """Return those of the subjects that are drawn: the fewer, the more windows each has."""
    windows = max(span.length / step(span.grain), 1.0)
    most = min(max(int(_MOST_POINTS / windows), _LEAST_LINES), _MOST_LINES)
    return tuple(subjects[:most])


def lines(courses: Mapping[str, Points], subjects: Sequence[str], grain_name: str) -> list[Line]:
    """Return the lines of the subjects that have a window, in their order."""
    return [
        Line(subject, list(_with_gaps(courses[subject], grain_name)))
        for subject in subjects
        if subject in courses
    ]


def limits(headline: BoardRow | None) -> Limits | None:
    """Return the target and threshold to draw: those of what the page is about."""
    if headline is None:
        return None
    return Limits(headline.target, headline.threshold, headline.unit)


def with_own_limits(rows: Sequence[BoardRow], subjects: Sequence[str]) -> list[str]:
    """Return the drawn subjects that are held to other limits than the first of them."""
    held_to = {row.subject: (row.target, row.threshold) for row in rows}
    return [subject for subject in subjects if held_to[subject] != held_to[subjects[0]]]


def _with_gaps(points: Points, grain_name: str) -> Iterator[Point]:
    """Yield the points, and one without value wherever a window is missing; events have no grid."""
    longest = step(grain_name) * 1.5 if grain(grain_name) else None
    before: datetime | None = None
    for at, value in points:
        if before is not None and longest is not None and at - before > longest:
            yield Point(before + (at - before) / 2, None)
        yield Point(at, value)
        before = at
