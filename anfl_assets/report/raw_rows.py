"""The canonical records behind a window of a metric, as the lake has them now, newest first.

Only the files of the window's days are read, and of them only the rows of the subject. What landing
masked is masked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from anfl_assets.frames import SUBJECT_COLUMNS, TABLES
from anfl_assets.report.published import Row, rows_of
from anfl_assets.store import lake
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.relations import parquet
from anfl_assets.store.schema import LOADS
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_INSTANT = timedelta(microseconds=1)
WHOLE = "all"


@dataclass(frozen=True)
class Wanted:
    """The records of one canonical table from `since` on and before `until`; WHOLE is no filter."""

    entity: str
    subject: str
    since: datetime
    until: datetime

    @property
    def dates(self) -> list[date]:
        """The UTC days of the records."""
        last = (self.until - _INSTANT).date()
        days = (last - self.since.date()).days + 1
        return [self.since.date() + timedelta(days=n) for n in range(days)]


@dataclass(frozen=True)
class Page:
    """Some records of those wanted, and how many there are in all."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    total: int


def raw_rows(workspace: Workspace, wanted: Wanted, *, offset: int, limit: int) -> Page:
    """Return records, newest first, those that landed last before others of the same moment.

    Rows: the table's own columns, feed, load_id.
    """
    import duckdb

    table = TABLES[wanted.entity]
    columns = (*table.schema.names(), "feed", "load_id")
    found = lake.files(workspace.table_path(wanted.entity), wanted.dates)
    if not found:
        return Page(columns, [], 0)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return _page(connection, (parquet(found), columns), wanted, (offset, limit))


def load_paths(ledger: Ledger, load_ids: Sequence[int]) -> dict[int, str]:
    """Return the file, or the running system, of each load."""
    query = select(LOADS.c.load_id, LOADS.c.path).where(LOADS.c.load_id.in_(list(set(load_ids))))
    return {row["load_id"]: row["path"] for row in ledger.rows(query)}


def _page(
    connection: DuckDBPyConnection,
    source: tuple[str, tuple[str, ...]],
    wanted: Wanted,
    part: tuple[int, int],
) -> Page:
    relation, columns = source
    event_at = TABLES[wanted.entity].event_at
    subject, bound = _subject(wanted)
    within = (
        f"date between $first and $last and {event_at} >= $since and {event_at} < $until {subject}"
    )
    bound |= {"since": wanted.since, "until": wanted.until}
    bound |= {"first": wanted.dates[0], "last": wanted.dates[-1]}
    counted = connection.execute(f"select count(*) from {relation} where {within}", bound)
    total: int = (counted.fetchone() or (0,))[0]
    rows = connection.execute(
        f"select {', '.join(columns)} from {relation} where {within} "
        f"order by {event_at} desc, load_id desc, {', '.join(columns)} "
        "limit $limit offset $offset",
        {**bound, "limit": part[1], "offset": part[0]},
    )
    return Page(columns, rows_of(rows), total)


def _subject(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """Return the condition on the subject, and what it is bound to."""
    named = SUBJECT_COLUMNS[wanted.entity]
    if wanted.subject == WHOLE or not named:
        return "", {}
    return f"and {' || chr(47) || '.join(named)} = $subject", {"subject": wanted.subject}
