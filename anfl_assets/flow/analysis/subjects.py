"""Who is analysed: every subject a build judges, what it is held to and how far its windows go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.catalog.model import Catalog, Metric
from anfl_assets.report.published import Published

WHOLE = "all"
_QUARTER_DAYS = 93


@dataclass(frozen=True)
class Subject:
    """A subject of a metric; `ends_at` is the end of its newest judged window.

    `target` and `threshold` are its own where it has any.
    """

    metric: Metric
    name: str
    ends_at: datetime | None
    target: float
    threshold: float

    @property
    def is_whole(self) -> bool:
        """Whether it is the sum of others that are analysed beside it."""
        return self.name == WHOLE and self.metric.has_parts


def subjects_of(
    published: Published,
    catalog: Catalog,
    metric_ids: Collection[str],
    *,
    as_of: datetime | None = None,
) -> Mapping[str, list[Subject]]:
    """Return the subjects of each metric by name; one without any stands for itself, unseen.

    Those that stand now, or those that had told within a quarter before `as_of`.
    """
    rows = published.rows(
        "select metric_id, subject, max(window_end_at) as ends_at, "
        "any_value(target_value) as target, any_value(threshold_value) as threshold "
        f"from {_standing(published, as_of)} group by metric_id, subject order by subject"
    )
    found: dict[str, list[Subject]] = {}
    for metric_id in metric_ids:
        metric = catalog.metrics[metric_id]
        unseen = Subject(metric, WHOLE, None, metric.target.value, metric.threshold.value)
        found[metric_id] = [
            Subject(metric, row["subject"], row["ends_at"], row["target"], row["threshold"])
            for row in rows
            if row["metric_id"] == metric_id
        ] or [unseen]
    return found


def _standing(published: Published, as_of: datetime | None) -> str:
    latest = published.table("fct_status_latest")
    newest = published.rows(f"select max(window_end_at) as at from {latest}")[0]["at"]
    if as_of is None or newest is None or as_of >= newest:
        return latest
    dates = [as_of.date() - timedelta(days=n) for n in range(_QUARTER_DAYS)]
    return (
        f"(select * from {published.table('fct_status_day', dates)} "
        f"where date between date '{dates[-1]}' and date '{dates[0]}')"
    )


def data_as_of(
    published: Published, subjects: Mapping[str, list[Subject]], as_of: datetime | None
) -> datetime | None:
    """Return the end of the newest window of all, or `as_of` where that is earlier.

    None where no window at all had ended by then.
    """
    ends = [each.ends_at for listed in subjects.values() for each in listed if each.ends_at]
    newest = max(ends, default=None)
    if newest is None or as_of is None:
        return newest
    begins_at = history_begins_at(published)
    return None if begins_at is None or as_of < begins_at else min(as_of, newest)


def history_begins_at(published: Published) -> datetime | None:
    """Return the end of the build's first judged window."""
    found = published.rows(
        f"select min(window_end_at) as at from {published.table('fct_status_day')}"
    )
    return found[0]["at"] if found else None
