"""The last windows of one subject, as a picture of an incident needs them."""

from __future__ import annotations

from datetime import datetime, timedelta

from anfl_assets.report.published import Published


def recent(
    published: Published,
    metric_id: str,
    subject: str,
    *,
    grain: str,
    since: datetime,
    until: datetime,
) -> dict[datetime, float | None]:
    """Return the values of the windows that ended in a stretch of time by their ends, oldest first.

    Only the files of that stretch are read, so that it costs the same after three years.
    """
    # A row is filed under the day of the last moment of its window: before its end.
    days = (until.date() - since.date()).days + 1
    dates = [since.date() + timedelta(days=n) for n in range(-1, days)]
    rows = published.rows(
        f"select window_end_at, value from {published.table('fct_metric_observation', dates)} "
        "where metric_id = $metric and subject = $subject and grain = $grain "
        "and window_end_at between $since and $until order by window_end_at",
        {
            "metric": metric_id,
            "subject": subject,
            "grain": grain,
            "since": since,
            "until": until,
        },
    )
    return {row["window_end_at"]: row["value"] for row in rows}
