"""What stands at another moment than the build's: the build's own compiled SQL over other windows.

An earlier moment has only windows that had ended by then; this moment has what was judged live
beside, or before, anything was built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.report.published import Published, Row, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from anfl_assets.store.builds import PublishedBuild

# The board has the worst window of each subject; alerting asks for each window that is judged.
BOARD = "rpt_scoreboard"
LATEST = "fct_status_latest"
_LIVE = "judged_live"


@dataclass(frozen=True)
class Parents:
    """What is judged from: metrics, statuses and days that stay as built, each as a query.

    `watermarks` are those of files, `told` those of running systems, both by `feed/entity`.
    """

    metrics: str
    statuses: str
    days: str
    watermarks: Mapping[str, datetime]
    told: Mapping[str, datetime] = field(default_factory=dict)


def as_of_rows(published: Published, as_of: datetime, model: str = BOARD) -> list[Row]:
    """Return the rows of the model over the windows that had ended at `as_of`."""
    day = as_of.date()
    parents = Parents(
        metrics=f"select * from {published.table('dim_metric')}",
        statuses=(
            f"select * from {published.table('fct_metric_status', [day])} "
            f"where date = date '{day}' and window_end_at <= timestamptz '{as_of.isoformat()}'"
        ),
        days=f"select * from {published.table('fct_status_day')} where date < date '{day}'",
        watermarks={name: min(at, as_of) for name, at in built_watermarks(published.build).items()},
    )
    return judged(published.connection, published.build.compiled, parents, model)


def live_rows(
    published: Published, live: pl.DataFrame, *, watermarks: Mapping[str, datetime]
) -> list[Row]:
    """Return the rows of `rpt_scoreboard` with what was judged live in the place of what was built.

    Frame: `live` has the columns of `fct_metric_status`; `watermarks` are those of live feeds, by
    `feed/entity`.
    """
    dates = sorted(live["date"].unique())
    listed = ", ".join(f"date '{day}'" for day in dates) or "date '0001-01-01'"
    parents = Parents(
        metrics=f"select * from {published.table('dim_metric')}",
        statuses=(
            f"select built.* from {published.table('fct_metric_status', dates)} as built "
            f"anti join {_LIVE} using (metric_id, subject, grain, window_start_at) "
            f"where built.date in ({listed}) union all by name select * from {_LIVE}"
        ),
        days=f"select * from {published.table('fct_status_day')} where date not in ({listed})",
        watermarks={
            name: at
            for name, at in built_watermarks(published.build).items()
            if name not in watermarks
        },
        told=watermarks,
    )
    published.connection.register(_LIVE, live.to_arrow())
    return judged(published.connection, published.build.compiled, parents, BOARD)


def unbuilt_rows(
    metrics: pl.DataFrame,
    live: pl.DataFrame,
    *,
    compiled: Mapping[str, str],
    watermarks: Mapping[str, datetime],
) -> list[Row]:
    """Return the rows of `rpt_scoreboard` where nothing was built; `metrics` is `dim_metric`."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register(_LIVE, live.to_arrow())
        connection.register("metrics", metrics.to_arrow())
        parents = Parents(
            metrics="select * from metrics",
            statuses=f"select * from {_LIVE}",
            days="select * from lake.mart.today where false",
            watermarks={},
            told=watermarks,
        )
        return judged(connection, compiled, parents, BOARD)


def judged(
    connection: DuckDBPyConnection, compiled: Mapping[str, str], parents: Parents, model: str
) -> list[Row]:
    """Return the rows of the model, BOARD or LATEST, as its compiled SQL makes them of the parents.

    A build of before there was LATEST has a board that needs none.
    """
    with _private_lake(connection, parents):
        run = connection.execute
        run(f"create view lake.mart.dim_metric as {parents.metrics}")
        run(f"create view lake.mart.fct_metric_status as {parents.statuses}")
        run(f"create table lake.mart.today as {compiled['fct_status_day']}")
        run(
            "create view lake.mart.fct_status_day as "
            f"{parents.days} union all by name select * from lake.mart.today"
        )
        if LATEST in compiled:
            run(f"create table lake.mart.{LATEST} as {compiled[LATEST]}")
        return rows_of(connection.execute(compiled[model]))


@contextmanager
def _private_lake(connection: DuckDBPyConnection, parents: Parents) -> Iterator[None]:
    """Attach the database whose names the compiled SQL knows, with the watermarks in it."""
    run = connection.execute
    run("attach ':memory:' as lake")
    try:
        run("create schema lake.mart")
        run("create schema lake.meta")
        run(
            "create table lake.meta.watermarks "
            "(feed varchar, entity varchar, watermark_at timestamptz, told_at timestamptz)"
        )
        rows: list[tuple[str, datetime, datetime | None]] = [
            (name, at, None) for name, at in parents.watermarks.items()
        ]
        rows += [(name, at, at) for name, at in parents.told.items()]
        for name, at, told_at in rows:
            feed, _, entity = name.rpartition("/")
            run("insert into lake.meta.watermarks values (?, ?, ?, ?)", [feed, entity, at, told_at])
        yield
    finally:
        run("detach lake")


def built_watermarks(build: PublishedBuild) -> dict[str, datetime]:
    """Return how far each `feed/entity` had delivered when it was built."""
    return {name: datetime.fromisoformat(text) for name, text in build.watermarks.items()}
