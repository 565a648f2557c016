"""DuckDB through its own driver, to Arrow: read-only, with nothing but the file within reach.

Its ADBC driver takes a path alone, no `read_only` and no configuration, and would run a query that
reads any file of this machine.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import duckdb
import polars as pl

from anfl_assets.collect.connect.sql_database import TIMES, Described, Kind, quoted, within_years
from anfl_assets.collect.connect.sql_statement import source
from anfl_assets.errors import SourceError, SourceUnavailable

_KINDS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), Kind.NUMBER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), Kind.NUMBER),
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), Kind.NUMBER),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), Kind.LOCAL),
    "TIMESTAMP WITH TIME ZONE": Kind.ZONED,
    "DATE": Kind.DATE,
}
_PLAIN = {*_KINDS, "BOOLEAN", "VARCHAR"} - {"HUGEINT", "UHUGEINT", "DECIMAL"}
_LIMITS = {"enable_external_access": "false", "threads": "1"}
_DAMAGED = "not a valid DuckDB"


class DuckDb:
    """A DuckDB file, opened read-only. While it is open nobody else can write to it."""

    def __init__(self, path: Path, timeout: timedelta) -> None:
        """Remember where it is."""
        self._path = path
        self._timeout = timeout
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._alarm: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            SourceUnavailable: absent, or open for writing in another process.
            SourceError: no DuckDB file.

        """
        if not self._path.is_file():
            raise SourceUnavailable(f"DuckDB: no file {self._path.name}")
        try:
            self._connection = duckdb.connect(self._path, read_only=True, config={**_LIMITS})
            self._connection.execute("begin")
        except duckdb.Error as error:
            self._close()
            if "Conflicting lock" in str(error):
                raise SourceUnavailable(
                    f"DuckDB: {self._path.name} is open for writing in another process, and DuckDB "
                    "then lets nobody else in: let that process close it between its writes"
                ) from None
            _fail(error)
        self._alarm = threading.Timer(self._timeout.total_seconds(), self._connection.interrupt)
        self._alarm.daemon = True
        self._alarm.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._close()

    def describe(self, query: str, cursor: str | None) -> list[Described]:  # noqa: ARG002
        """Return the columns; types are known without looking at rows."""
        rows = self.read(f"describe {source(query)}", ())
        return [_described(row["column_name"], row["column_type"]) for row in rows.to_dicts()]

    def read(self, statement: str, values: Sequence[str | int]) -> pl.DataFrame:
        """Return the rows."""
        if self._connection is None:
            msg = "the database is not open"
            raise RuntimeError(msg)
        try:
            found = self._connection.sql(statement, params=list(values))
            return pl.DataFrame(found.to_arrow_table())
        except duckdb.Error as error:
            _fail(error)

    def _close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm.join()
            self._alarm = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _described(name: str, own: str) -> Described:
    column, plain = quoted(name), own.partition("(")[0]
    kind = _KINDS.get(plain, Kind.TEXT)
    select = column if plain in _PLAIN else f"cast({column} as varchar) as {column}"
    if kind in TIMES:
        select = within_years(column)
    cast = "{}" if kind is Kind.TEXT else f"cast({{}} as {own})"
    return Described(name, select, kind, cast, is_binary=plain == "BLOB")


def _fail(error: duckdb.Error) -> NoReturn:
    passes = isinstance(error, duckdb.OperationalError | duckdb.InterruptException)
    if passes and _DAMAGED not in str(error):
        raise SourceUnavailable(f"DuckDB: {error}") from None
    raise SourceError(f"DuckDB: {error}") from None
