"""What every database behind the *sql* connector can do: describe a query, read it, nothing else.

One module for each kind. A database is opened read-only for one pull and closed after it, so
nothing is locked between pulls and a server that was restarted is met anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

import polars as pl


class Kind(StrEnum):
    """What the values of a cursor column are."""

    ZONED = "times with an offset"
    LOCAL = "times without an offset"
    DATE = "dates"
    NUMBER = "numbers"
    TEXT = "texts"


TIMES = (Kind.ZONED, Kind.LOCAL, Kind.DATE)


@dataclass(frozen=True)
class Described:
    """One column of a query.

    `select` is the SQL that reads it. `cast` is the SQL that turns a bound text, put in for `{}`,
    into the column's type. `example` is how its values are written where they are times kept as
    text.
    """

    name: str
    select: str
    kind: Kind
    cast: str = "{}"
    is_binary: bool = False
    example: str | None = None


class Database(Protocol):
    """A database open for one pull; every statement sees the same moment."""

    def describe(self, query: str, cursor: str | None) -> list[Described]:
        """Return the columns of a query; `cursor` is the column that is looked at closely.

        Raises:
            SourceUnavailable: gone, locked, overloaded or too slow.
            SourceError: the database refuses the query.

        """
        ...

    def read(self, statement: str, values: Sequence[str | int]) -> pl.DataFrame:
        """Return the rows; `values` are bound to `$1`, `$2` … in order. Raises as `describe`."""
        ...

    def __enter__(self) -> Self:
        """Open it. Raises as `describe`; also SourceError where the login is refused."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        ...


def quoted(name: str) -> str:
    """Return an identifier in quotes: standard SQL, the same for all three."""
    return '"' + name.replace('"', '""') + '"'


def within_years(column: str) -> str:
    """Return the SQL that reads a time or date; null where it is infinite or of no year to 9999."""
    return (
        f"case when {column} >= '0001-01-01' and {column} < '9999-12-31' then {column} end "
        f"as {column}"
    )
