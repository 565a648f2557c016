"""Which windows the picture in a message shows: what was published, and what is live after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite

from anfl_assets.chart.types import Point
from anfl_assets.deliver.message import Line, Message
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.pictures.chart import Picture
from anfl_assets.report.course import Stretch, courses
from anfl_assets.report.published import open_published
from anfl_assets.store.workspace import Workspace

# How far back a picture reaches, and how far apart windows end: a longer pause is a gap.
_REACH = {
    "5 minutes": (timedelta(hours=4), timedelta(minutes=5)),
    "hour": (timedelta(days=2), timedelta(hours=1)),
    "day": (timedelta(days=30), timedelta(days=1)),
    "30 days": (timedelta(days=60), timedelta(days=1)),
    "week": (timedelta(weeks=26), timedelta(weeks=1)),
    "month": (timedelta(days=550), timedelta(days=31)),
    "quarter": (timedelta(days=1100), timedelta(days=92)),
}
_EVENTS = (timedelta(days=1), timedelta(days=1))
_FEWEST = 2
_UNITS = {"pct": "%", "score": "", "count": "", "ratio": ""}


def picture_of(
    workspace: Workspace, message: Message, *, live: Mapping[datetime, float | None]
) -> Picture | None:
    """Return what to draw for the worst line of a message; None where there is too little.

    `live` are values by the end of their windows that came after what was published.
    """
    if not message.lines:
        return None
    line = message.lines[0]
    ends_at = line.window_end_at or message.at
    reach, step = _REACH.get(line.grain, _EVENTS)
    begins_at = (line.since or ends_at) - reach
    values = {
        **_published(workspace, line, since=max(begins_at, ends_at - 4 * reach), until=ends_at),
        **{at: value for at, value in live.items() if begins_at <= at <= ends_at},
    }
    if line.value is not None:
        values.setdefault(ends_at, line.value)
    points = _with_gaps(values, step)
    if sum(point.value is not None for point in points) < _FEWEST:
        return None
    return Picture(
        title=f"{line.label} · {line.subject}",
        subtitle=f"Window: {line.grain} · times in UTC",
        unit=_UNITS.get(line.unit, line.unit),
        points=points,
        target=line.target,
        threshold=line.threshold,
        wrong_since=line.since,
    )


def _published(
    workspace: Workspace, line: Line, *, since: datetime, until: datetime
) -> dict[datetime, float | None]:
    """Return what was published; nothing where nothing is, or where it is gone or damaged."""
    from deltalake.exceptions import DeltaError
    from duckdb import Error

    # The window that ends just then is the first one.
    before = since - timedelta.resolution
    asked = Stretch(line.metric_id, line.grain, before, until, (line.subject,))
    try:
        with open_published(workspace) as published:
            return dict(courses(published, asked).get(line.subject, []))
    except (WorkspaceError, DeltaError, Error):
        return {}


def _with_gaps(values: Mapping[datetime, float | None], step: timedelta) -> list[Point]:
    points: list[Point] = []
    for at in sorted(values):
        value = values[at]
        if points and at - points[-1].at > 1.5 * step:
            points.append(Point(points[-1].at + step, None))
        points.append(Point(at, value if value is not None and isfinite(value) else None))
    return points
