"""Stored history as the judge has it, or would have it with other targets: what a replay reads.

Statuses as they were published; where a what-if changes a target or a threshold, the build's own
compiled judge runs again over the published observations of that metric. There is no second judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anfl_assets.alert.track import History
from anfl_assets.catalog import Catalog
from anfl_assets.catalog.seed_tables import seed_tables
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.replaying.in_order import ordered
from anfl_assets.flow.alerting.replaying.runs import history
from anfl_assets.report.published import Published
from anfl_assets.store.relations import fill

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STATUS = "fct_metric_status"
OBSERVATION = "fct_metric_observation"
# What went before the first moment must be known at it: a status of five minutes shows itself
# within a day, that of a quarter may be three months old.
_BEFORE = timedelta(days=1)
_BEFORE_LONG = timedelta(days=100)
_OWN = {
    "metric_id": "varchar", "subject": "varchar", "target_operator": "varchar",
    "target_value": "double", "threshold_value": "double",
}  # fmt: skip


@dataclass(frozen=True)
class OwnTarget:
    """What a subject is held to in the place of its metric's; None leaves the metric's own."""

    metric_id: str
    subject: str
    target_operator: str | None
    target_value: float | None
    threshold_value: float | None


@dataclass(frozen=True)
class Judging:
    """Metrics that are judged again, by which catalog and with which subjects' own targets."""

    catalog: Catalog
    metric_ids: frozenset[str] = frozenset()
    own: tuple[OwnTarget, ...] = ()


def last_window_end(published: Published) -> datetime:
    """Return when the newest judged window ends.

    Raises:
        WorkspaceError: nothing was judged yet.
    """
    [row] = published.rows(_NEWEST.format(windows=published.table(STATUS)))
    at = row["at"]
    if not isinstance(at, datetime):
        raise WorkspaceError(f"{published.workspace.root}: nothing was judged there yet")
    return at


def judged_history(
    published: Published,
    judging: Judging,
    levels: Mapping[str, float],
    *,
    start: datetime,
    end: datetime,
) -> History:
    """Read what was judged from `start` to `end`, and enough before to know how things stood.

    `levels` are the values at which a breach of a metric is over, where a policy says so.
    """
    run = published.connection.execute
    run("set enable_progress_bar = false")
    spans = {"start": start - _BEFORE, "long": start - _BEFORE_LONG, "until": end}
    windows = _SPAN.format(windows=published.table(STATUS))
    run(f"create or replace temp table judged as {windows}", spans)
    if judging.metric_ids:
        again = {"metrics": sorted(judging.metric_ids)}
        run("delete from judged where list_contains($metrics, metric_id)", again)
        observed = _SPAN.format(windows=published.table(OBSERVATION))
        only = f"{observed} and list_contains($metrics, metric_id)"
        run(f"create or replace temp table observed as {only}", spans | again)
        rejudge(published.connection, published.build.compiled[STATUS], judging)
        run("insert into judged by name select * from rejudged")
    return history(ordered(published.connection, judging.catalog), levels)


def own_targets(
    published: Published, catalog: Catalog, metric_ids: Iterable[str]
) -> list[OwnTarget]:
    """Return the targets subjects were last held to where they are not the catalog's."""
    found: list[OwnTarget] = []
    rows = published.rows(_HELD.format(windows=published.table(STATUS)), [list(metric_ids)])
    for row in rows:
        metric = catalog.metrics[row["metric_id"]]
        subject = metric.subjects.get(row["subject"])
        target = (subject and subject.target) or metric.target
        threshold = (subject and subject.threshold) or metric.threshold
        held = (row["target_operator"], row["target_value"])
        if held == (target.operator or metric.operator_at_equality, target.value):
            held = (None, None)
        level = None if row["threshold_value"] == threshold.value else row["threshold_value"]
        if (*held, level) != (None, None, None):
            found.append(OwnTarget(row["metric_id"], row["subject"], *held, level))
    return found


def rejudge(connection: DuckDBPyConnection, sql: str, judging: Judging) -> None:
    """Make the temporary table `rejudged`: what the compiled judge says of `temp.observed`."""
    run = connection.execute
    run("attach ':memory:' as lake")
    try:
        for schema in ("catalog", "meta", "mart"):
            run(f"create schema lake.{schema}")
        for name, (columns, rows) in seed_tables(judging.catalog).items():
            fill(connection, f"lake.catalog.{name}", columns, rows)
        own = [[getattr(each, name) for name in _OWN] for each in judging.own]
        fill(connection, "lake.meta.targets", _OWN, own)
        run(f"create view lake.mart.{OBSERVATION} as from temp.observed")
        run(f"create or replace temp table rejudged as {sql}")
    finally:
        run("detach lake")


_NEWEST = "select max(window_end_at) as at from {windows}"

_SPAN = """
select * from {windows}
where window_end_at <= $until
    and date >= ($long::timestamptz)::date - 1
    and window_end_at > if(grain in ('5 minutes', 'event'), $start, $long)
"""

_HELD = """
select metric_id, subject, target_operator, target_value, threshold_value
from {windows}
where list_contains(?, metric_id)
qualify row_number() over (partition by metric_id, subject order by window_end_at desc) = 1
"""
