"""What a private DuckDB sees: exact files of the lake as a relation, and small tables of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def parquet(files: Sequence[str]) -> str:
    """Say exact files as SQL; never a glob, since somebody may be writing beside them."""
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def fill(
    connection: DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Make a table of `columns` (name to SQL type) with `rows`; one of that name is replaced."""
    declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create or replace table {name} ({declared})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into {name} values ({marks})", [list(row) for row in rows])
