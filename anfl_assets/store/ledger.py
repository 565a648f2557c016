"""The ledger: opening it, its settings, and what has been landed so far.

One SQLite file in the data folder, made on first use; WAL with synchronous=FULL, so what was
committed survives a crash. Writing loads is in `landings.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from sqlalchemy import create_engine, event, func, inspect, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.replays import is_standing
from anfl_assets.store.schema import (
    LIVE_LOADS,
    LOAD_DATES,
    LOADS,
    METADATA,
    QUARANTINE,
    SCHEMA_VERSION,
    SCHEMA_VERSIONS,
    SETTINGS,
    SUITE_RESULTS,
)
from anfl_assets.store.write_ahead import make_durable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine, Select

    from anfl_assets.store.workspace import Workspace

_BUSY_MS = 30_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """A data folder's ledger; give it back with `close` or use it in a `with` statement."""

    engine: Engine

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commit everything done inside, or nothing.

        Raises:
            WorkspaceError: the disk is full, or the database is held or damaged.
        """
        with explained(self.engine), self.engine.begin() as connection:
            yield connection

    def rows(self, query: Select[Any]) -> list[Row]:
        """Run a query and return its rows as dictionaries."""
        with explained(self.engine), self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def setting(self, key: str) -> str | None:
        """Return the value kept under `key`, None where there is none."""
        found = self.rows(select(SETTINGS.c.value).where(SETTINGS.c.key == key))
        return str(found[0]["value"]) if found else None

    def keep_setting(self, key: str, value: str) -> None:
        """Keep `value` under `key`, in the place of an earlier one."""
        with self.transaction() as connection:
            connection.execute(
                upsert(SETTINGS)
                .values(key=key, value=value)
                .on_conflict_do_update(index_elements=["key"], set_={"value": value})
            )

    def loads(
        self,
        *,
        feed: str | None = None,
        source: str | None = None,
        limit: int | None = None,
        of: Literal["all", "files"] = "all",
    ) -> list[Row]:
        """Return loads, newest first, of all feeds or of files only; columns of `schema.LOADS`."""
        query = select(LOADS).order_by(LOADS.c.load_id.desc())
        if of == "files":
            query = query.where(LOADS.c.load_id.not_in(select(LIVE_LOADS.c.load_id)))
        if feed is not None:
            query = query.where(LOADS.c.feed == feed)
        if source is not None:
            query = query.where(LOADS.c.source == source)
        return self.rows(query if limit is None else query.limit(limit))

    def dates_since(self, load_id: int) -> dict[str, set[date]]:
        """Return per entity the event dates changed by landed loads after `load_id`."""
        query = (
            select(LOAD_DATES.c.entity, LOAD_DATES.c.date)
            .join(LOADS)
            .where(LOADS.c.load_id > load_id, LOADS.c.status.in_(("landed", "replaced")))
        )
        changed: dict[str, set[date]] = {}
        for row in self.rows(query):
            changed.setdefault(row["entity"], set()).add(row["date"])
        return changed

    def last_load_id(self) -> int:
        """Return the newest landed load's id, 0 where nothing has landed."""
        landed = LOADS.c.status.in_(("landed", "replaced"))
        return (
            self.rows(select(func.max(LOADS.c.load_id).label("last")).where(landed))[0]["last"] or 0
        )

    def last_events(self) -> dict[str, datetime]:
        """Return per feed the latest event end of its landed loads."""
        query = (
            select(LOADS.c.feed, func.max(LOADS.c.last_event_at).label("last"))
            .where(LOADS.c.status == "landed", LOADS.c.last_event_at.is_not(None))
            .group_by(LOADS.c.feed)
        )
        return {row["feed"]: row["last"] for row in self.rows(query)}

    def quarantine_summary(self) -> list[Row]:
        """Return feed, entity, rule, reason, row_count, last_at and last_id; most rows first.

        Rows of loads that another has replaced, or erased, and rows that came through in a replay
        are left out: nobody can act on them any more.
        """
        table = QUARANTINE.c
        group = (table.feed, table.entity, table.rule, table.reason)
        count = func.count().label("row_count")
        return self.rows(
            select(
                *group,
                count,
                func.max(table.at).label("last_at"),
                func.max(table.id).label("last_id"),
            )
            .join(LOADS)
            .where(LOADS.c.status != "replaced", is_standing())
            .group_by(*group)
            .order_by(count.desc(), table.feed, table.rule)
        )

    def quarantined(
        self,
        *,
        feed: str | None = None,
        load_id: int | None = None,
        row_id: int | None = None,
        reason: str | None = None,
        limit: int | None = None,
    ) -> list[Row]:
        """Return quarantined rows, newest load first, then by line; `reason` is a part of it.

        Rows of replaced loads only where their `load_id` is asked for; one that was replayed only
        by its own `row_id`.
        """
        table = QUARANTINE.c
        query = select(QUARANTINE).order_by(table.load_id.desc(), table.line, table.id)
        if load_id is None and row_id is None:
            query = query.join(LOADS).where(LOADS.c.status != "replaced")
        query = query.where(is_standing() if row_id is None else table.id == row_id)
        if feed is not None:
            query = query.where(table.feed == feed)
        if load_id is not None:
            query = query.where(table.load_id == load_id)
        if reason is not None:
            wanted = table.reason.icontains(reason, autoescape=True)
            query = query.where(wanted | (table.rule == reason))
        return self.rows(query if limit is None else query.limit(limit))

    def newest_landings(self, *, source: str, entity: str) -> dict[str, str]:
        """Return per feed of the source the landing of its newest load that brought `entity`."""
        newest = (
            select(func.max(LOADS.c.load_id))
            .where(LOADS.c.source == source, LOADS.c.entity == entity, LOADS.c.status != "staged")
            .group_by(LOADS.c.feed)
        )
        query = select(LOADS.c.feed, LOADS.c.landing_id).where(LOADS.c.load_id.in_(newest))
        return {row["feed"]: row["landing_id"] for row in self.rows(query)}

    def suite_results(self, landing_id: str) -> list[Row]:
        """Return what each expectation gave for one landing, in the suite's order."""
        table = SUITE_RESULTS
        return self.rows(select(table).where(table.c.landing_id == landing_id).order_by(table.c.id))


def open_ledger(workspace: Workspace) -> Ledger:
    """Open the ledger, making it where it is missing.

    Raises:
        WorkspaceError: it cannot be made or opened, or a newer program wrote it.
    """
    # Modules that add tables of their own: made here whoever opens the ledger first.
    from anfl_assets.store import builds, erasures, feed_states, replays  # noqa: F401

    path = workspace.state_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{path.parent}: cannot be made: {error.strerror}"
        raise WorkspaceError(message) from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare)
    ledger = Ledger(engine)
    with explained(engine):
        _make_tables(engine)
    _check_version(ledger)
    return ledger


_NOT_WRITABLE = "this user may not write there, and the ledger needs it even to be read"


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the database's own failures into one a person can act on."""
    try:
        yield
    except DatabaseError as error:
        text = str(error.orig)
        advice = {
            "full": "no space left for the ledger; free some and run again",
            "locked": "another process keeps the ledger locked; wait until it has ended",
            "unable to open": _NOT_WRITABLE,
            "readonly": _NOT_WRITABLE,
            "I/O": "the disk failed under the ledger, or is full; free some and run again",
        }
        told = next((said for word, said in advice.items() if word in text), None)
        if told is None and "not a database" not in text:
            raise
        message = f"{engine.url.database}: {told or f'the ledger cannot be used ({text})'}"
        raise WorkspaceError(message) from error


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own type
    cursor = connection.cursor()
    make_durable(cursor, busy_ms=_BUSY_MS)
    cursor.close()


def _make_tables(engine: Engine) -> None:
    """Make what is missing; of several processes that open a new ledger at once, one makes it."""
    if METADATA.tables.keys() <= {*inspect(engine).get_table_names()}:
        return
    with engine.begin() as connection:
        # The driver itself begins nothing before a table is made.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        METADATA.create_all(connection)


def _check_version(ledger: Ledger) -> None:
    found = ledger.rows(select(SCHEMA_VERSIONS.c.version))
    if not found:
        with ledger.transaction() as connection:
            made = upsert(SCHEMA_VERSIONS).values(version=SCHEMA_VERSION)
            connection.execute(made.on_conflict_do_nothing())
    elif found[0]["version"] != SCHEMA_VERSION:
        message = (
            f"{ledger.engine.url.database}: found ledger version {found[0]['version']}; "
            f"expected {SCHEMA_VERSION}; use the program that wrote it"
        )
        raise WorkspaceError(message)
