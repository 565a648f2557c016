"""The distributions behind percentiles, by subject, of one window: values and how often each came.

A published percentile is a number; what it was taken of is computed again from the raw rows of that
window's days, by the build's own compiled SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

import polars as pl

from anfl_assets.flow.analysis.comparing import NothingToSplit, Window
from anfl_assets.frames import TABLES
from anfl_assets.report.published import Published
from anfl_assets.store import lake
from anfl_assets.store.relations import parquet

Counts = Mapping[str, Mapping[float, float]]
_BUCKETS = "int_model_orchestration__latency_buckets"
_REQUEST_WINDOWS = "int_model_orchestration__request_windows"
# Staging models and the raw tables they read.
_STAGED = {
    "stg_performance_data__requests": "requests",
    "stg_performance_data__request_windows": "request_windows",
    "stg_system_logs__accesses": "accesses",
}
# What a bucket stands for (dbt_project/macros/histograms.sql: bucket_ms).
_BUCKET_MS = "case when bucket = -32768 then 0 else 2 * power(1.02, bucket) / 2.02 end"


def latencies(published: Published, window: Window) -> Counts:
    """Return the latency histogram of each service: milliseconds to successful requests.

    Raises:
        NothingToSplit: the build is of a version that had none.
    """
    compiled = published.build.compiled
    if not {_BUCKETS, *_STAGED} <= compiled.keys():
        raise NothingToSplit(f"build {published.build.build_id} has no latency histograms")
    with _lake(published, window):
        rows = published.rows(
            f"select service as subject, {_BUCKET_MS} as value, sum(bucket_count)::double as n "
            f"from ({compiled[_BUCKETS]}) group by all"
        )
    return _counts(rows)


def scalings(published: Published, window: Window) -> Counts:
    """Return each service's scaling times: seconds to events."""
    rows = published.rows(
        "select subject, value, count(*)::double as n "
        f"from {published.table('fct_metric_observation', _days(window))} "
        "where metric_id = 'scaling_efficiency' and grain = 'event' and value is not null "
        "and window_start_at >= $start and window_start_at < $end group by all",
        {"start": window.start_at, "end": window.end_at},
    )
    return _counts(rows)


# Percentiles that can be taken apart; of any other metric only the number is kept.
DISTRIBUTIONS: Mapping[str, Callable[[Published, Window], Counts]] = {
    "inference_latency": latencies,
    "scaling_efficiency": scalings,
}


@contextmanager
def _lake(published: Published, window: Window) -> Iterator[None]:
    """Attach the database whose names the compiled SQL knows, with the window's days in it."""
    run = published.connection.execute
    run("attach ':memory:' as lake")
    try:
        for schema in ("raw", "stg", "int"):
            run(f"create schema lake.{schema}")
        for model, entity in _STAGED.items():
            _bind_raw(published, entity, _days(window))
            run(f"create view lake.stg.{model} as {published.build.compiled[model]}")
        run(
            f"create table lake.int.{_REQUEST_WINDOWS} as "
            f"select * from {published.table(_REQUEST_WINDOWS, _days(window))} "
            "where window_start_at >= $start and window_end_at <= $end",
            {"start": window.start_at, "end": window.end_at},
        )
        yield
    finally:
        run("detach lake")


def _bind_raw(published: Published, entity: str, days: list[date]) -> None:
    """Bind a raw table's rows of these days; one that nothing ever landed in is empty."""
    run = published.connection.execute
    files = lake.files(published.workspace.table_path(entity), days)
    if files:
        run(
            f"create view lake.raw.{entity} as select * from {parquet(files)} "
            f"where date between date '{days[0]}' and date '{days[-1]}'"
        )
        return
    published.connection.register(
        "nothing", pl.DataFrame(schema=TABLES[entity].landed_schema).to_arrow()
    )
    run(f"create table lake.raw.{entity} as select * from nothing")
    published.connection.unregister("nothing")


def _days(window: Window) -> list[date]:
    first = window.start_at.date()
    last = (window.end_at - timedelta(microseconds=1)).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _counts(rows: list[dict[str, object]]) -> Counts:
    found: dict[str, dict[float, float]] = {}
    for row in rows:
        found.setdefault(str(row["subject"]), {})[float(str(row["value"]))] = float(str(row["n"]))
    return found
