"""The course of one metric over a stretch of time, and which windows there are of it at all.

Only the files of that stretch are read, so that it costs the same after three years.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anfl_assets.report.published import Published, Row

_INSTANT = timedelta(microseconds=1)
Points = list[tuple[datetime, float | None]]


@dataclass(frozen=True)
class Stretch:
    """The windows of one length that end after `since` and at or before `until`.

    `subjects` None are all.
    """

    metric_id: str
    grain: str
    since: datetime
    until: datetime
    subjects: tuple[str, ...] | None = None

    @property
    def dates(self) -> list[date]:
        """The days its windows are filed under: those of their last moments."""
        first, last = self.since.date(), (self.until - _INSTANT).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def courses(published: Published, stretch: Stretch) -> dict[str, Points]:
    """Return ends of windows and values by subject, oldest first; no subject without windows."""
    found = published.connection.execute(
        "select subject, list(window_end_at order by window_end_at, window_start_at), "
        "list(value order by window_end_at, window_start_at) "
        f"from {published.table('fct_metric_observation', stretch.dates)} "
        f"where {_WITHIN} group by subject order by subject",
        _bound(stretch),
    ).fetchall()
    return {subject: list(zip(ends, values, strict=True)) for subject, ends, values in found}


def newest_windows(published: Published, stretch: Stretch, *, limit: int) -> list[Row]:
    """Return the newest windows of a stretch with their status where they are judged.

    Rows: subject, window_start_at, window_end_at, value, numerator, denominator, sample_count,
    status (None where this grain is not judged).
    """
    dates = stretch.dates
    return published.rows(
        "select subject, window_start_at, window_end_at, observed.value, numerator, denominator, "
        "observed.sample_count, judged.status "
        f"from (select * from {published.table('fct_metric_observation', dates)} where {_WITHIN} "
        "order by window_end_at desc, window_start_at desc, subject limit $limit) as observed "
        f"left join (select * from {published.table('fct_metric_status', dates)} where {_WITHIN}) "
        "as judged using (metric_id, subject, grain, window_start_at, window_end_at) "
        "order by window_end_at desc, window_start_at desc, subject",
        {**_bound(stretch), "limit": limit},
    )


def newest_ends(
    published: Published, metric_id: str, dates: Collection[date]
) -> dict[str, datetime]:
    """Return per grain the newest end of a window filed under one of the dates."""
    listed = ", ".join(f"date '{day}'" for day in sorted(dates)) or "null"
    rows = published.rows(
        "select grain, max(window_end_at) as ended_at "
        f"from {published.table('fct_metric_observation', sorted(dates))} "
        f"where metric_id = ? and date in ({listed}) group by grain order by grain",
        [metric_id],
    )
    return {row["grain"]: row["ended_at"] for row in rows}


def first_and_last(
    published: Published, metric_id: str, subjects: Sequence[str] | None = None
) -> tuple[date, date] | None:
    """Return the days between which windows of a metric were judged; None where none was."""
    rows = published.rows(
        "select min(date) as first, max(date) as last "
        f"from {published.table('fct_status_day')} "
        "where metric_id = $metric and window_count > 0 and "
        "($subjects::varchar[] is null or list_contains($subjects, subject))",
        {"metric": metric_id, "subjects": None if subjects is None else list(subjects)},
    )
    first, last = rows[0]["first"], rows[0]["last"]
    return None if first is None else (first, last)


_WITHIN = (
    "metric_id = $metric and grain = $grain and date between $first and $last "
    "and window_end_at > $since and window_end_at <= $until "
    "and ($subjects::varchar[] is null or list_contains($subjects, subject))"
)


def _bound(stretch: Stretch) -> dict[str, object]:
    dates = stretch.dates or [stretch.until.date()]
    return {
        "metric": stretch.metric_id,
        "grain": stretch.grain,
        "since": stretch.since,
        "until": stretch.until,
        "first": dates[0],
        "last": dates[-1],
        "subjects": None if stretch.subjects is None else list(stretch.subjects),
    }
