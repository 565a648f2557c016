"""The history of one metric as a frame: every observation with what it was judged against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.catalog.entry import nearest_to
from anfl_assets.errors import UserError
from anfl_assets.report.history import grains

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

_UTC = pl.Datetime("us", "UTC")
# The first and last four are what Polars prints of so many columns.
SCHEMA = pl.Schema(
    {
        "subject": pl.String(),
        "window_start_at": _UTC,
        "window_end_at": _UTC,
        "value": pl.Float64(),
        "unit": pl.String(),
        "metric_id": pl.String(),
        "grain": pl.String(),
        "numerator": pl.Float64(),
        "denominator": pl.Float64(),
        "target_operator": pl.String(),
        "sample_count": pl.Int64(),
        "status": pl.String(),
        "target": pl.Float64(),
        "threshold": pl.Float64(),
    }
)


@dataclass(frozen=True)
class Asked:
    """Which windows of a metric: `since` bounds their starts, `until` their ends (UTC)."""

    metric_id: str
    grain: str
    subjects: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


def history(published: Published, asked: Asked) -> pl.DataFrame:
    """Return the windows asked for, by subject and time.

    Frame: SCHEMA, one row per subject and window; `value` is null where evidence was insufficient,
    `status`, `target` and `threshold` where this grain is observed and not judged.

    Raises:
        UserError: the metric has observations, but none of this grain or subject.
    """
    _check(published, asked)
    found = published.connection.sql(_SQL.format(
        observed=published.table("fct_metric_observation"),
        judged=published.table("fct_metric_status"),
    ), params={
        "metric": asked.metric_id, "grain": asked.grain,
        "subjects": None if asked.subjects is None else list(asked.subjects),
        "since": asked.since, "until": asked.until,
    })  # fmt: skip
    return pl.DataFrame(found.to_arrow_table()).select(SCHEMA.names()).cast(SCHEMA)


def subjects(published: Published, metric_id: str) -> list[str]:
    """Return what a metric was measured of, by name; none where it has no observation."""
    rows = published.rows(
        f"select distinct subject from {published.table('fct_metric_observation')} "
        "where metric_id = ? order by subject",
        [metric_id],
    )
    return [row["subject"] for row in rows]


def _check(published: Published, asked: Asked) -> None:
    """Tell a name that is not there from a stretch of time in which nothing was."""
    observed = grains(published, asked.metric_id)
    if observed and asked.grain not in observed:
        told = _list(observed)
        raise UserError(f"{asked.metric_id} is not observed by {asked.grain!r}; it is by {told}")
    known = subjects(published, asked.metric_id) if observed and asked.subjects else []
    for subject in asked.subjects or ():
        if known and subject not in known:
            near = nearest_to(subject, known)
            hint = f"did you mean {near!r}?" if near else f"it has {_list(known)}"
            raise UserError(f"{asked.metric_id} has no subject {subject!r}; {hint}")


def _list(names: Sequence[str], most: int = 20) -> str:
    told = ", ".join(repr(name) for name in names[:most])
    return told if len(names) <= most else f"{told} and {len(names) - most:,} more"


_SQL = """
select
    metric_id,
    subject,
    grain,
    window_start_at,
    window_end_at,
    observed.value,
    observed.unit,
    judged.status,
    judged.target_operator,
    judged.target_value as target,
    judged.threshold_value as threshold,
    numerator,
    denominator,
    observed.sample_count
from {observed} as observed
left join (
    select * from {judged}
    where
        metric_id = $metric
        and grain = $grain
        and date >= coalesce($since::timestamptz::date, '-infinity'::date)
        and date <= coalesce($until::timestamptz::date, 'infinity'::date)
) as judged using (metric_id, subject, grain, window_start_at, window_end_at, date)
where
    metric_id = $metric
    and grain = $grain
    and ($subjects::varchar[] is null or subject in (select unnest($subjects::varchar[])))
    -- Days let files be passed over: a row is filed under the day of its window's last moment.
    and date >= coalesce($since::timestamptz::date, '-infinity'::date)
    and date <= coalesce($until::timestamptz::date, 'infinity'::date)
    and window_start_at >= coalesce($since::timestamptz, '-infinity'::timestamptz)
    and window_end_at <= coalesce($until::timestamptz, 'infinity'::timestamptz)
order by subject, window_end_at
"""
