"""SQLite through Python's own driver: a value's type is that of the value, not of the column.

ADBC's driver fixes a column's type by its first rows and then writes a number among texts with six
digits (`1.234568e+00`), which no amount of money survives.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import polars as pl

from anfl_assets.collect.connect.sql_database import Described, Kind, quoted
from anfl_assets.collect.connect.sql_place import kind_of_text
from anfl_assets.collect.connect.sql_statement import source
from anfl_assets.errors import SourceError, SourceUnavailable

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
}
_PRIMARY = 0xFF
_STEPS = 100_000
_LOCK_S = 5.0


class Sqlite:
    """A SQLite file, opened read-only."""

    def __init__(self, path: Path, timeout: timedelta) -> None:
        """Remember where it is."""
        self._path = path
        self._timeout = timeout
        self._connection: sqlite3.Connection | None = None
        self._deadline = 0.0

    def __enter__(self) -> Self:
        """Open it and begin to read.

        Raises:
            SourceUnavailable: absent or locked.

        """
        if not self._path.is_file():
            raise SourceUnavailable(f"SQLite: no file {self._path.name}")
        address = f"{self._path.resolve().as_uri()}?mode=ro"
        self._deadline = time.monotonic() + self._timeout.total_seconds()
        try:
            opened = sqlite3.connect(address, uri=True, timeout=_LOCK_S, isolation_level=None)
            self._connection = opened
            opened.set_progress_handler(lambda: time.monotonic() > self._deadline, _STEPS)
            opened.execute("pragma query_only = on")
            opened.execute("begin")
        except sqlite3.Error as error:
            self._close()
            _fail(error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._close()

    def describe(self, query: str, cursor: str | None) -> list[Described]:
        """Return the columns; what the cursor's values are is seen from one of them."""
        names, _ = self._rows(f"{source(query)} limit 0", ())
        found = [Described(name, quoted(name), Kind.TEXT) for name in names]
        if names.count(cursor or "") != 1 or cursor is None:
            return found
        column = quoted(cursor)
        _, rows = self._rows(f"{source(query)} where {column} is not null limit 1", ())
        looked_at = _cursor(cursor, rows[0][names.index(cursor)] if rows else None)
        return [looked_at if column.name == cursor else column for column in found]

    def read(self, statement: str, values: Sequence[str | int]) -> pl.DataFrame:
        """Return the rows: a column of integers where all values are, else one of texts."""
        names, rows = self._rows(statement, values)
        columns = zip(*rows, strict=True) if rows else ((),) * len(names)
        return pl.DataFrame([_series(*pair) for pair in zip(names, columns, strict=True)])

    def _rows(
        self, statement: str, values: Sequence[str | int]
    ) -> tuple[list[str], list[tuple[object, ...]]]:
        if self._connection is None:
            msg = "the database is not open"
            raise RuntimeError(msg)
        # SQLite numbers its parameters with a question mark; a query of ours holds no other.
        bound = {str(place): value for place, value in enumerate(values, start=1)}
        try:
            with closing(self._connection.execute(statement, bound)) as found:
                return [column[0] for column in found.description], found.fetchall()
        except sqlite3.Error as error:
            _fail(error)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _cursor(name: str, value: object) -> Described:
    if isinstance(value, int | float):
        return Described(name, quoted(name), Kind.NUMBER, "cast({} as numeric)")
    text = str(value)
    return Described(name, quoted(name), kind_of_text(text), example=text)


def _series(name: str, values: Sequence[object]) -> pl.Series:
    if all(value is None or isinstance(value, int) for value in values):
        return pl.Series(name, values, pl.Int64)
    return pl.Series(name, [_text(value) for value in values], pl.String)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.hex() if isinstance(value, bytes) else repr(value)


def _fail(error: sqlite3.Error) -> NoReturn:
    passes = (getattr(error, "sqlite_errorcode", 0) or 0) & _PRIMARY in _PASSING
    raise (SourceUnavailable if passes else SourceError)(f"SQLite: {error}") from None
