"""A year of judged windows, twelve metrics of fifty subjects each, written straight into the lake.

The build's own SQL judges them, counts their days and makes the board: only where the windows come
from is made up, so that a page meets what it would after a year. Five metrics have a window every
five minutes: 26 million in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.catalog import Catalog, load_catalog
from anfl_assets.catalog.seed_tables import seed_tables
from anfl_assets.flow.alerting.replaying.history import Judging, rejudge
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.report.rejudge import BOARD, LATEST, Parents, judged
from anfl_assets.store import builds, lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.relations import fill
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUBJECTS = 50
_DAYS = 365
_FINE = ("5 minutes", "hour", "day")
# The lengths of each metric's windows, as a build makes them.
GRAINS: Mapping[str, tuple[str, ...]] = {
    "inference_latency": _FINE,
    "throughput": _FINE,
    "error_rate": _FINE,
    "uptime": ("5 minutes", "day", "30 days"),
    "resource_utilization": _FINE,
    "scaling_efficiency": ("day",),
    "user_adoption": ("28 days", "month"),
    "revenue": ("day", "month"),
    "market_share": ("quarter",),
    "satisfaction": ("day", "30 days"),
    "retention": ("month",),
    "feature_adoption": ("week",),
}
# How far apart windows of a length end, where that is not how long they are.
_STEPS = {"28 days": "1 day", "30 days": "1 day", "quarter": "3 months"}
_STATUS, _OBSERVED, _DAY = "fct_metric_status", "fct_metric_observation", "fct_status_day"
# Every tenth subject is breached, every tenth off its target; most are well.
_OBSERVATIONS = """
select
    metric.metric_id, subject.name as subject, metric.grain,
    ended_at - metric.length as window_start_at, ended_at as window_end_at,
    metric.target + (metric.threshold - metric.target) * (
        case subject.number % 10 when 3 then 1.4 when 6 then 0.5 else -0.6 end
        + 0.2 * sin(epoch(ended_at) / 86400 * 6.2832)
        + 0.1 * (hash(subject.number, ended_at) % 1000 / 1000.0)
    ) as value,
    metric.unit, null::double as numerator, null::double as denominator,
    240::bigint as sample_count,
    (ended_at - interval '1 microsecond')::date as date,
    date_trunc('month', ended_at - interval '1 microsecond')::date as month
from metrics as metric
cross join subjects as subject
cross join lateral unnest(generate_series(
    time_bucket(metric.step, $since::timestamptz), $until::timestamptz, metric.step
)) as ends (ended_at)
where ended_at > $since::timestamptz and ended_at <= $until::timestamptz
"""


@dataclass
class _Year:
    """What is being written: the versions of its tables, and all its days."""

    workspace: Workspace
    catalog: Catalog
    connection: DuckDBPyConnection
    compiled: Mapping[str, str]
    versions: dict[str, int]

    def keep(self, model: str, relation: str) -> int:
        """Append a relation to a table of the lake; return how many rows it has."""
        frame = pl.DataFrame(self.connection.sql(relation).to_arrow_table())
        path = self.workspace.mart_path(model)
        self.versions[model] = lake.append(path, frame, metadata={})
        return frame.height


def write_year(workspace: Workspace, *, until: datetime) -> int:
    """Write the year before `until` and publish it; return how many windows it has."""
    import duckdb

    compiled = {each.name: each.sql for each in load_definitions()}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        year = _Year(workspace, load_catalog(), connection, compiled, {})
        _name(year)
        windows = sum(_judge(year, since, before) for since, before in _pieces(until))
        _stand(year, until)
    publish(workspace, year.versions, compiled, at=until)
    return windows


def publish(
    workspace: Workspace,
    tables: Mapping[str, int],
    compiled: Mapping[str, str],
    *,
    at: datetime,
    build_id: str = "year",
) -> None:
    """Publish a build of these tables."""
    with open_ledger(workspace) as ledger:
        builds.begin(
            ledger,
            build_id,
            is_full=True,
            definition_sha256="0" * 64,
            consumed_load_id=0,
            watermarks={},
            started_at=at,
        )
        builds.finish(
            ledger,
            build_id,
            status="published",
            tables=tables,
            compiled=compiled,
            finished_at=at,
        )


def _name(year: _Year) -> None:
    """Make the tables of what is measured: metrics by length of window, and subjects."""
    rows = [
        [
            metric_id, grain, _interval(grain), _STEPS.get(grain, _interval(grain)),
            metric.target.value, metric.threshold.value, metric.unit.value,
        ]
        for metric_id, grains in GRAINS.items()
        for metric in [year.catalog.metrics[metric_id]]
        for grain in grains
    ]  # fmt: skip
    columns = {
        "metric_id": "varchar", "grain": "varchar", "length": "interval", "step": "interval",
        "target": "double", "threshold": "double", "unit": "varchar",
    }  # fmt: skip
    fill(year.connection, "metrics", columns, rows)
    names = [[n, f"service-{n:02}"] for n in range(SUBJECTS)]
    fill(year.connection, "subjects", {"number": "integer", "name": "varchar"}, names)


def _interval(grain: str) -> str:
    return {"quarter": "3 months"}.get(grain, grain if grain[0].isdigit() else f"1 {grain}")


def _pieces(until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Split the year at midnights into pieces of a month, so that one fits the memory."""
    since = datetime(until.year, until.month, until.day, tzinfo=UTC) - timedelta(days=_DAYS)
    while since < until:
        before = min(since + timedelta(days=31), until)
        yield since, before
        since = before


def _judge(year: _Year, since: datetime, until: datetime) -> int:
    run = year.connection.execute
    run(
        f"create or replace temp table observed as {_OBSERVATIONS}",
        {"since": since, "until": until},
    )
    rejudge(year.connection, year.compiled[_STATUS], Judging(year.catalog))
    run("attach ':memory:' as lake")
    run("create schema lake.mart")
    run(f"create view lake.mart.{_STATUS} as from temp.rejudged")
    run(f"create or replace temp table days as {year.compiled[_DAY]}")
    run("detach lake")
    month = "date_trunc('month', date)::date as month"
    rows = year.keep(_OBSERVED, "select * from observed order by date")
    year.keep(_STATUS, f"select *, {month} from rejudged order by date")
    year.keep(_DAY, f"select *, {month} from days order by date")
    return rows


def _stand(year: _Year, until: datetime) -> None:
    """Write the metrics, what stands now, and the board."""
    columns, rows = seed_tables(year.catalog)["metric_catalog"]
    fill(year.connection, "catalogued", columns, rows)
    year.keep("dim_metric", "from catalogued")
    path, version = year.workspace.mart_path(_DAY), year.versions[_DAY]
    listed = ", ".join(f"'{each}'" for each in lake.files(path, version=version))
    parents = Parents(
        metrics="select * from catalogued",
        statuses="select * from rejudged where false",
        days=f"select * from read_parquet([{listed}])",
        watermarks={"gateway/requests": until},
    )
    for model in (LATEST, BOARD):
        found = pl.DataFrame(
            judged(year.connection, year.compiled, parents, model), infer_schema_length=None
        )
        path = year.workspace.mart_path(model)
        year.versions[model] = lake.append(path, found, metadata={})
