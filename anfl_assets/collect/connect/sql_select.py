"""The statements of one pull: which columns of the query are read, and the page asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.connect.sql_database import Described, quoted
from anfl_assets.collect.connect.sql_range import Range
from anfl_assets.collect.connect.sql_settings import Settings
from anfl_assets.collect.connect.sql_statement import source
from anfl_assets.config.section import nearest
from anfl_assets.errors import SourceError

Statement = tuple[str, Sequence[str | int]]
_LISTED = 40


@dataclass(frozen=True)
class Selection:
    """The columns of a query that are read."""

    query: str
    columns: tuple[Described, ...]

    @property
    def text(self) -> str:
        """The statement that reads it all."""
        return source(self.query, self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that are read."""
        return tuple(column.name for column in self.columns)

    def everything(self, limit: int) -> Statement:
        """Return the statement that reads the whole query."""
        return f"{self.text} limit $1", (limit,)


@dataclass(frozen=True)
class Paging:
    """A selection that is read by its cursor column, page by page."""

    selected: Selection
    cursor: Described
    bounds: Range

    def page(self, since: str | None, limit: int) -> Statement:
        """Return the statement that reads rows from `since` to what is no future, both included."""
        column = f"source.{quoted(self.cursor.name)}"
        conditions, values = [f"{column} is not null"], list[str | int]()
        for sign, bound in ((">=", since), ("<=", self.bounds.until)):
            if bound is not None:
                values.append(bound)
                conditions.append(f"{column} {sign} {self.cursor.cast.format(f'${len(values)}')}")
        values.append(limit)
        text = f"where {' and '.join(conditions)} order by {column} limit ${len(values)}"
        return f"{self.selected.text} {text}", values

    def beyond(self, limit: int) -> Statement:
        """Return the statement that reads rows no page can hold: no value, or one in the future."""
        column, until = f"source.{quoted(self.cursor.name)}", self.bounds.until
        if until is None:
            return f"{self.selected.text} where {column} is null limit $1", (limit,)
        after = f"{column} > {self.cursor.cast.format('$1')}"
        text = f"where {column} is null or {after} order by {column} limit $2"
        return f"{self.selected.text} {text}", (until, limit)

    def values(self, rows: pl.DataFrame) -> list[str]:
        """Return the cursor values of a page as the database reads them from a bound text.

        One before the year 1, which comes first of all, is an empty text.
        """
        values = rows[self.cursor.name]
        if isinstance(values.dtype, pl.Datetime):
            if values.dtype.time_zone is None:
                return values.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f").fill_null("").to_list()
            # DuckDB gives the zone of its session, which it sets only with an extension.
            shown = values.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
            return (shown + "+00:00").fill_null("").to_list()
        if values.dtype.is_float():
            return [repr(value) for value in values.to_list()]
        return values.cast(pl.String).fill_null("").to_list()


def selection(found: Sequence[Described], settings: Settings, needed: tuple[str, ...]) -> Selection:
    """Return what to read; columns of bytes are left out unless the feed names them.

    Raises:
        SourceError: a column is not there, or stands twice.

    """
    names = [column.name for column in found]
    wanted = dict.fromkeys((*needed, *([settings.cursor] if settings.cursor else ())))
    complaints = [
        f"column {name!r} {'stands twice' if name in names else 'is missing'}{_near(name, names)}"
        for name in wanted
        if names.count(name) != 1
    ]
    if complaints:
        listed = ", ".join(names[:_LISTED])
        raise SourceError(f"sql: {'; '.join(complaints)}. The query gives: {listed}")
    kept = tuple(
        column
        for column in found
        if names.count(column.name) == 1 and (not column.is_binary or column.name in wanted)
    )
    return Selection(settings.query, kept)


def _near(name: str, names: Sequence[str]) -> str:
    return "" if name in names else nearest(name, names)
