"""The recent course of each row of the board, for the small line beside its value.

Only the files of that stretch are read, so that it costs the same after three years.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from anfl_assets.report.published import Published
from anfl_assets.report.scoreboard import BoardRow

# How far back a line reaches, by the length of its windows.
REACH = {
    "5 minutes": timedelta(days=1),
    "hour": timedelta(days=7),
    "day": timedelta(days=90),
    "30 days": timedelta(days=90),
    "week": timedelta(weeks=26),
    "month": timedelta(days=550),
    "quarter": timedelta(days=1100),
    "event": timedelta(days=7),
}

Course = list[tuple[datetime, float | None]]


def sparks(published: Published, board: Sequence[BoardRow]) -> dict[tuple[str, str], Course]:
    """Return ends of windows and values by metric and subject, oldest first.

    A line ends with the window the row was judged on. Rows without data have no line.
    """
    found: dict[tuple[str, str], Course] = {}
    for grain, reach in REACH.items():
        rows = [row for row in board if row.grain == grain and row.window_end_at is not None]
        if rows:
            found |= _courses(published, rows, reach)
    return found


def _courses(
    published: Published, rows: Sequence[BoardRow], reach: timedelta
) -> dict[tuple[str, str], Course]:
    """Return the courses of rows that are judged on windows of one length."""
    ends = {(row.metric_id, row.subject): row.window_end_at for row in rows if row.window_end_at}
    since, until = min(ends.values()) - reach, max(ends.values())
    days = (until.date() - since.date()).days + 1
    dates = [since.date() + timedelta(days=n) for n in range(-1, days)]
    courses = published.connection.execute(
        "select metric_id, subject, list(window_end_at order by window_end_at, window_start_at), "
        "list(value order by window_end_at, window_start_at) "
        f"from {published.table('fct_metric_status', dates)} "
        "where grain = $grain and list_contains($metrics, metric_id) "
        "and window_end_at between $since and $until and date between $first and $last "
        "group by metric_id, subject",
        {
            "grain": rows[0].grain,
            "metrics": sorted({row.metric_id for row in rows}),
            "since": since,
            "until": until,
            "first": dates[0],
            "last": dates[-1],
        },
    ).fetchall()
    return {
        (metric_id, subject): _within(zip(moments, values, strict=True), ends[key], reach)
        for metric_id, subject, moments, values in courses
        if (key := (metric_id, subject)) in ends
    }


def _within(
    course: Iterable[tuple[datetime, float | None]], until: datetime, reach: timedelta
) -> Course:
    return [each for each in course if until - reach <= each[0] <= until]
