"""The engine: a private in-memory database in which the compiled models run over a snapshot.

Kept open between evaluations, so that only rows are read anew. Used by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import duckdb
import polars as pl

from anfl_assets.catalog import Catalog
from anfl_assets.catalog.seed_tables import seed_tables
from anfl_assets.frames import TABLES, Table
from anfl_assets.measure import results
from anfl_assets.measure.definition import OBSERVATION, Definition, LiveModels, live_models
from anfl_assets.measure.kept_rows import KeptRows, moved_rows
from anfl_assets.measure.snapshot import Snapshot
from anfl_assets.store.relations import fill, parquet

_MICROSECOND = timedelta(microseconds=1)
_WATERMARKS = (
    "feed varchar, entity varchar, watermark_at timestamptz, first_on date, told_at timestamptz"
)
_FEEDS = (
    "feed varchar, entity varchar, shift_us bigint, told_at timestamptz, from_at timestamptz, "
    "reads_from timestamptz, is_silent boolean"
)


@dataclass(frozen=True)
class Engine:
    """The models of a catalog, ready to run; close it, or use it in a `with` statement."""

    models: LiveModels
    catalog: Catalog
    connection: duckdb.DuckDBPyConnection
    kept: KeptRows

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.connection.close()

    def statuses(self, snapshot: Snapshot) -> pl.DataFrame:
        """Judge every window that ends now or ended since the last build.

        Frame: the columns of `fct_metric_status`, and `feed`, null where several feeds are in it.
        Times are the real ones. A subject whose feed is silent has one row, `no_data`.
        """
        if not snapshot.feeds:
            return results.nothing()
        self._tell(snapshot)
        for entity in self.models.entities:
            self._read(snapshot, TABLES[entity])
        for model in self.models.parents:
            self._compute(model, snapshot)
        observed = "\nunion all by name\n".join(
            f"select * from ({results.ended(metric.sql)})" for metric in self.models.metrics
        )
        self.connection.execute(
            f"create or replace table lake.mart.{OBSERVATION} as {observed}",
            {"end_at": snapshot.end_at},
        )
        self.connection.execute(
            f"create or replace table lake.live.judged as {self.models.status.sql}"
        )
        results.name_feeds(self.connection, self.models, self.catalog)
        return results.placed(self.connection)

    def metrics(self) -> pl.DataFrame:
        """Return the catalog's metrics as `dim_metric` has them."""
        return pl.DataFrame(
            self.connection.sql("select * from lake.catalog.metric_catalog").to_arrow_table()
        )

    def _tell(self, snapshot: Snapshot) -> None:
        """Fill `meta` and the table of live feeds."""
        run = self.connection.execute
        for name, table in snapshot.meta.items():
            fill(self.connection, f"lake.meta.{name}", table["columns"], table["rows"])
        run(f"create or replace table lake.meta.watermarks ({_WATERMARKS})")
        run(f"create or replace table lake.live.feeds ({_FEEDS})")
        for feed in snapshot.feeds:
            shift = snapshot.shift(feed)
            run(
                "insert into lake.meta.watermarks values ($1, $2, $3, $4, $3)",
                [feed.name, feed.entity, feed.told_at + shift, feed.reads_from.date()],
            )
            run(
                "insert into lake.live.feeds values (?, ?, ?, ?, ?, ?, ?)",
                [
                    feed.name, feed.entity, shift // _MICROSECOND, feed.told_at,
                    feed.from_at, feed.reads_from, feed.is_silent,
                ],
            )  # fmt: skip
        run(
            "update lake.meta.maintenance set start_at = start_at + to_microseconds($shift), "
            "end_at = end_at + to_microseconds($shift)",
            {"shift": snapshot.maintenance_shift // _MICROSECOND},
        )

    def _read(self, snapshot: Snapshot, table: Table) -> None:
        """Bind the raw table of an entity to the newest rows, times moved."""
        entity = table.entity
        since = [feed.reads_from for feed in snapshot.feeds if feed.entity == entity]
        self.kept.keep(
            table,
            snapshot.files.get(entity, ()) if since else (),
            snapshot.tail.get(entity, {}) if since else {},
            since=min(since, default=snapshot.end_at),
        )
        rows = moved_rows(table, snapshot.loads_in_tail)
        self.connection.execute(f"create or replace view lake.raw.{entity} as {rows}")

    def _compute(self, model: Definition, snapshot: Snapshot) -> None:
        """Make a parent: staging as a view, the others as tables, a rollup with its history."""
        if not model.name.startswith("int_"):
            self.connection.execute(f"create or replace view {model.relation} as {model.sql}")
            return
        sql = model.sql
        published = snapshot.history.get(model.name)
        if published:
            earlier = results.history(parquet(published))
            sql = f"select * from ({sql}) union all by name ({earlier})"
        self.connection.execute(f"create or replace table {model.relation} as {sql}")


def open_engine(definitions: Sequence[Definition], catalog: Catalog) -> Engine:
    """Open a database with the catalog's own tables in it."""
    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "threads = 2", "preserve_insertion_order = false"):
        connection.execute(f"set {setting}")
    connection.execute("attach ':memory:' as lake")
    for schema in ("kept", "raw", "meta", "live", "stg", "int", "catalog", "mart"):
        connection.execute(f"create schema lake.{schema}")
    for name, (columns, rows) in seed_tables(catalog).items():
        fill(connection, f"lake.catalog.{name}", columns, rows)
    return Engine(live_models(definitions, catalog), catalog, connection, KeptRows(connection))
