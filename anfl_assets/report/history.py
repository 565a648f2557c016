"""The history of one metric: its observations at one grain, oldest first, with their status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anfl_assets.report.published import Published


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
    rows = published.rows(
        "select grain, min(window_end_at - window_start_at) as length "
        f"from {published.table('fct_metric_observation')} where metric_id = ? "
        "group by grain order by length, grain",
        [metric_id],
    )
    return [row["grain"] for row in rows]
