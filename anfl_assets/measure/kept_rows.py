"""Rows kept in the engine between evaluations, by where they were read.

A file of the lake never changes and neither does a segment of one size, so what was read from one
is kept until it is in no snapshot any more. An evaluation reads only what is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from anfl_assets.frames import TIMESTAMP, Table

_TYPES = pl.Schema(
    {
        "source": pl.String(),
        "position": pl.Int64(),
        "load_id": pl.Int64(),
        "feed": pl.String(),
        "row_key": pl.String(),
    }
)
_IN_LAKE = 0


@dataclass
class KeptRows:
    """What was read of each canonical table, and since which event time."""

    connection: duckdb.DuckDBPyConnection
    _sources: dict[str, set[str]] = field(default_factory=dict)
    _since: dict[str, datetime] = field(default_factory=dict)
    _frames: int = _IN_LAKE

    def keep(
        self,
        table: Table,
        files: Sequence[str],
        tail: Mapping[str, pl.DataFrame],
        *,
        since: datetime,
    ) -> None:
        """Make `lake.kept.<entity>` hold the rows of these sources whose event is at `since` on.

        Frame: `tail` has `feed`, `row_key` and the canonical columns, by the name of its source; of
        one feed oldest first. Columns kept: source, position (0 in the lake, then in order),
        load_id (null for the tail), feed, row_key, the canonical ones.
        """
        entity = table.entity
        if entity not in self._sources or since < self._since[entity]:
            self._begin(table)
        elif since > self._since[entity]:
            self._drop(entity, f"{table.event_at} < $since", {"since": since})
        self._since[entity] = since
        wanted = {*files, *tail}
        if gone := self._sources[entity] - wanted:
            self._drop(entity, "source in (select unnest($gone))", {"gone": sorted(gone)})
        for name in files:
            if name not in self._sources[entity]:
                self._add_file(table, name, since)
        for name, rows in tail.items():
            if name not in self._sources[entity]:
                self._add_frame(table, name, rows)
        self._sources[entity] = wanted

    def _begin(self, table: Table) -> None:
        empty = pl.DataFrame(schema={**_TYPES, **table.schema}).to_arrow()
        self.connection.register("kept_rows", empty)
        self.connection.execute(
            f"create or replace table lake.kept.{table.entity} as select * from kept_rows"
        )
        self.connection.unregister("kept_rows")
        self._sources[table.entity] = set()

    def _drop(self, entity: str, condition: str, given: dict[str, object]) -> None:
        self.connection.execute(f"delete from lake.kept.{entity} where {condition}", given)

    def _add_frame(self, table: Table, name: str, rows: pl.DataFrame) -> None:
        said_once = pl.col("row_key").is_null() | pl.col("row_key").is_last_distinct()
        self.connection.register("kept_rows", rows.filter(said_once).to_arrow())
        self._frames += 1
        columns = ", ".join(table.schema)
        self.connection.execute(
            f"insert into lake.kept.{table.entity} "
            f"select $name, $position, null, feed, row_key, {columns} from kept_rows",
            {"name": name, "position": self._frames},
        )
        self.connection.unregister("kept_rows")

    def _add_file(self, table: Table, name: str, since: datetime) -> None:
        columns = ", ".join(table.schema)
        self.connection.execute(
            f"insert into lake.kept.{table.entity} "
            f"select $name, {_IN_LAKE}, load_id, feed, row_key, {columns} "
            f"from read_parquet($name, hive_partitioning = false) "
            # A literal, so that row groups are skipped by their statistics.
            f"where {table.event_at} >= timestamptz '{since.isoformat()}'",
            {"name": name},
        )


def moved_rows(table: Table, loads_left_out: Sequence[int]) -> str:
    """Say the kept rows of live feeds as SQL: raw columns and `date`, each feed's times moved.

    Of a key that was told again only what was told last: landing will let it take the place.
    """
    left_out = ", ".join(map(str, loads_left_out)) or "-1"
    moved = ", ".join(
        f"{name} + to_microseconds(shift_us) as {name}" if kind == TIMESTAMP else name
        for name, kind in table.schema.items()
    )
    return (
        f"select kept.feed, {moved}, ({table.event_at} + to_microseconds(shift_us))::date as date "
        f"from lake.kept.{table.entity} as kept "
        "inner join lake.live.feeds as feeds using (feed) "
        f"where feeds.entity = '{table.entity}' and kept.{table.event_at} >= feeds.reads_from "
        f"and kept.{table.event_at} < feeds.told_at "
        f"and coalesce(load_id not in ({left_out}), true) "
        f"and not exists (from lake.kept.{table.entity} as later "
        f"where later.position > {_IN_LAKE} and later.row_key = kept.row_key "
        "and later.position > kept.position)"
    )
