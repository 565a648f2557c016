"""The database of alerting's state: opening it, one writer at a time, failures said in words.

SQLite in the data folder (WAL, synchronous=FULL: what was committed survives a crash) or
PostgreSQL by URL. Whoever writes holds the whole state until it commits, so that an evaluation, an
acknowledgement, a silence and a sender's claim never interleave.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, Executable, insert, inspect, select, text, update

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.alerts.connecting import file_number
from anfl_assets.store.alerts.failures import explained, place
from anfl_assets.store.alerts.rows import Row
from anfl_assets.store.alerts.tables import METADATA, SCHEMA, SCHEMA_VERSION

_log = logging.getLogger(__name__)
# Any number that no other program locks by; the second half tells schemas of one database apart.
_LOCK = text("select pg_advisory_xact_lock(1095648844, hashtext(current_schema()))")


class Database:
    """An open database; give it back with `close` or use it in a `with` statement."""

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; `connecting.connect` makes it."""
        self.engine = engine
        self._writer = engine.execution_options(is_writing=True)
        # SQLite's readers see one state anyhow.
        one_state = {"isolation_level": "REPEATABLE READ"} if self.is_postgresql else {}
        self._reader = engine.execution_options(**one_state)
        self._file: int | None = None
        self._watcher: Any = None
        self._watching = threading.Lock()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self._file = None
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Commit everything done inside, or nothing; nobody else writes meanwhile.

        Raises:
            WorkspaceError: the disk is full, or the database is held, damaged or out of reach.
        """
        self._renew()
        with explained(self.engine), self._writer.begin() as connection:
            if self.is_postgresql:
                connection.execute(_LOCK)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one state of things; no writer is kept waiting.

        Raises:
            WorkspaceError: the database is damaged or out of reach.
        """
        self._renew()
        with explained(self.engine), self._reader.connect() as connection:
            yield connection

    def rows(self, query: Executable) -> list[Row]:
        """Run a query and return its rows as dictionaries."""
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    @property
    def is_postgresql(self) -> bool:
        """Whether it is PostgreSQL; otherwise it is SQLite."""
        return self.engine.dialect.name == "postgresql"

    def version(self) -> int:
        """Return a number that is another once something new was kept, by whatever process.

        Cheap enough to ask ten times a second. Only to be compared with what the same store said
        before; it may change for a send as well.
        """
        if self.is_postgresql:
            return int(self.rows(select(SCHEMA.c.changes))[0]["changes"])
        self._renew()
        with explained(self.engine), self._watching:
            # The same connection each time, which never writes: it sees the others' commits.
            if self._watcher is None:
                self._watcher = self.engine.raw_connection()
            cursor = self._watcher.cursor()
            try:
                return int(cursor.execute("PRAGMA data_version").fetchone()[0])
            finally:
                cursor.close()

    def prepare(self) -> None:
        """Make the tables where they are missing.

        Raises:
            WorkspaceError: a program with other tables wrote it; nothing is changed then.
        """
        with self.reading() as connection:
            found = _found_version(connection)
        if found is None:
            with self.writing() as connection:
                found = _found_version(connection)
                if found is None:
                    METADATA.create_all(connection)
                    connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION, changes=0))
                    found = SCHEMA_VERSION
        if found != SCHEMA_VERSION:
            age = "newer" if found > SCHEMA_VERSION else "older"
            message = (
                f"{place(self.engine)}: expected alerting state of version {SCHEMA_VERSION}, found "
                f"{found}, of a {age} program; use the program that wrote it"
            )
            raise WorkspaceError(message)
        self._file = file_number(self.engine)

    def _renew(self) -> None:
        """Begin anew where the file was taken away or another is in its place.

        What is open would go on in a file that nobody else sees.
        """
        if self._file is not None and file_number(self.engine) != self._file:
            _log.error("%s: the state of alerting was taken away", place(self.engine))
            self.close()
            self.prepare()


def count_change(connection: Connection) -> None:
    """Let those who wait see that something is new, once this is committed."""
    # SQLite has a count of its own.
    if connection.dialect.name == "postgresql":
        connection.execute(update(SCHEMA).values(changes=SCHEMA.c.changes + 1))


def _found_version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(SCHEMA.name):
        return None
    return connection.execute(select(SCHEMA.c.version)).scalar()
