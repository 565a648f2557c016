"""PostgreSQL through ADBC: typed columns, one read-only snapshot for each pull.

Types that Arrow has no plain equal for (numeric, uuid, json, enums, arrays, intervals) come as the
text that PostgreSQL itself writes: a numeric stays exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import polars as pl

from anfl_assets.collect.connect.sql_database import TIMES, Described, Kind, quoted, within_years
from anfl_assets.collect.connect.sql_statement import source
from anfl_assets.config.secret import Secret, redacted
from anfl_assets.errors import SourceError, SourceUnavailable

if TYPE_CHECKING:
    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection

_CONNECT_S = 10
_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric", "oid"), Kind.NUMBER),
    "timestamptz": Kind.ZONED,
    "timestamp": Kind.LOCAL,
    "date": Kind.DATE,
}
_PLAIN = {*_KINDS, "bool", "text", "varchar", "bpchar", "name"} - {"numeric"}
# Classes of SQLSTATE that pass: connection, resources, operator's doings, locks, rolled back.
_PASSING = ("08", "53", "57", "55", "40")
_REFUSED_LOGIN = re.compile(
    r"authentication failed|no password supplied|pg_hba|does not exist|not permitted to log in|"
    r"permission denied|invalid (URI|connection option|port)|certificate",
)
_STATE = re.compile(r"\s*SQLSTATE: \w+\s*$")
_PREFIX = re.compile(r"^[A-Z_]+: (\[libpq\] )?(Failed to [a-z]+( query)?[^:]*: )?(ERROR:\s+)?")


class PostgreSql:
    """A PostgreSQL server, asked in one read-only transaction."""

    def __init__(self, url: Secret, timeout: timedelta) -> None:
        """Remember where it is; `url` is a libpq URI."""
        self._url = url
        self._timeout = timeout
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Connect and begin.

        Raises:
            SourceUnavailable: no answer, too many connections, still starting.
            SourceError: the login or the database is refused.

        """
        from adbc_driver_manager import Error
        from adbc_driver_postgresql import dbapi

        try:
            self._connection = dbapi.connect(self._address(), autocommit=True)
            self._run("begin transaction isolation level repeatable read, read only")
            milliseconds = str(int(self._timeout.total_seconds() * 1000))
            self.read("select set_config('statement_timeout', $1, true)", (milliseconds,))
            self.read("select set_config('timezone', 'UTC', true)", ())
        except Error as error:
            self._close()
            self._fail(error, is_login=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection, which ends the transaction."""
        self._close()

    def describe(self, query: str, cursor: str | None) -> list[Described]:  # noqa: ARG002
        """Return the columns; types are known without looking at rows."""
        return [_described(field) for field in self._table(f"{source(query)} limit 0", ()).schema]

    def read(self, statement: str, values: Sequence[str | int]) -> pl.DataFrame:
        """Return the rows."""
        table = self._table(statement, values)
        return pl.DataFrame(table) if table.num_columns else pl.DataFrame()

    def _table(self, statement: str, values: Sequence[str | int]) -> pa.Table:
        from adbc_driver_manager import Error

        try:
            return self._run(statement, values)
        except Error as error:
            self._fail(error, is_login=False)

    def _run(self, statement: str, values: Sequence[str | int] = ()) -> pa.Table:
        if self._connection is None:
            msg = "the database is not open"
            raise RuntimeError(msg)
        with self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(values) or None)
            return cursor.fetch_arrow_table()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _address(self) -> str:
        """Return the URI with our own limits where it states none."""
        parts = urlsplit(self._url.text)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        own = {
            "connect_timeout": str(_CONNECT_S),
            "application_name": "anfl",
            "tcp_user_timeout": str(int(self._timeout.total_seconds() * 1000)),
        }
        return urlunsplit(parts._replace(query=urlencode({**own, **given}, quote_via=quote)))

    def _fail(self, error: Exception, *, is_login: bool) -> NoReturn:
        state = getattr(error, "sqlstate", None)
        password = urlsplit(self._url.text).password
        told = redacted(str(error), self._url, Secret(password) if password else None)
        told = _PREFIX.sub("", _STATE.sub("", told.partition("\nQuery was:")[0])).strip()
        told = f"PostgreSQL: {told}"
        if state is not None:
            passes = state.startswith(_PASSING)
        else:
            passes = not (is_login and _REFUSED_LOGIN.search(told))
        raise (SourceUnavailable if passes else SourceError)(told) from None


def _described(field: pa.Field) -> Described:
    told = field.metadata or {}
    name, own = quoted(field.name), told.get(b"POSTGRESQL:type", b"text").decode()
    select = name if own in _PLAIN else f"cast({name} as text) as {name}"
    if own == "money":
        select = f"cast(cast({name} as numeric) as text) as {name}"
    kind = _KINDS.get(own, Kind.TEXT)
    if kind in TIMES:
        select = within_years(name)
    cast = f"cast({{}} as {own})" if kind is not Kind.TEXT else _text_cast(own)
    return Described(field.name, select, kind, cast, is_binary=own == "bytea")


def _text_cast(own: str) -> str:
    """Return the cast of a bound text to a type of PostgreSQL's own that is no number or time."""
    return f"cast({{}} as {own})" if own in ("uuid", "varchar", "inet") else "{}"
