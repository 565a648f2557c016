"""The history of one metric: its observations at one grain, oldest first, with their status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.report.published import Published

_LOOKED_AT = 1_000


@dataclass(frozen=True)
class Observation:
    """One window of one subject; `value` is None where evidence was insufficient.

    `status` is None where this grain is observed but not judged.
    """

    subject: str
    window_start_at: datetime
    window_end_at: datetime
    value: float | None
    numerator: float | None
    denominator: float | None
    sample_count: int
    status: str | None


def history(
    published: Published,
    metric_id: str,
    *,
    grain: str,
    until: datetime | None = None,
    limit: int,
) -> dict[str, list[Observation]]:
    """Return the newest `limit` windows of each subject, oldest first; empty if there are none."""
    rows = published.rows(
        "select subject, window_start_at, window_end_at, observed.value, numerator, denominator, "
        "observed.sample_count, judged.status "
        f"from {published.table('fct_metric_observation')} as observed "
        f"left join (select * from {published.table('fct_metric_status')} "
        "where metric_id = $metric and grain = $grain) as judged "
        "using (metric_id, subject, grain, window_start_at, window_end_at, date) "
        "where metric_id = $metric and grain = $grain "
        "and window_end_at <= coalesce($until, window_end_at) "
        "qualify row_number() over (partition by subject order by window_end_at desc) <= $limit "
        "order by subject, window_end_at",
        {"metric": metric_id, "grain": grain, "until": until, "limit": limit},
    )
    subjects: dict[str, list[Observation]] = {}
    for row in rows:
        subjects.setdefault(row["subject"], []).append(Observation(**row))
    return subjects


def grains(published: Published, metric_id: str) -> list[str]:
    """Return the grains a metric is observed at, finest first."""
    windows = f"from {published.table('fct_metric_observation')} where metric_id = ?"
    found = published.rows(f"select distinct grain {windows}", [metric_id])

    def length(grain: str) -> tuple[timedelta, str]:
        # Of some windows: to look at each of a year's takes ten times as long.
        rows = published.rows(
            "select min(window_end_at - window_start_at) as length "
            f"from (select * {windows} and grain = ? limit {_LOOKED_AT})",
            [metric_id, grain],
        )
        return rows[0]["length"], grain

    return sorted((row["grain"] for row in found), key=length)
