"""Connecting to the database of alerting's state: a file of the data folder, or PostgreSQL.

A password in the URL is used for connecting and shown nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.write_ahead import make_durable

_BUSY_MS = 30_000
_CONNECT_S = 10


def connect(path: Path, url: str | None) -> Engine:
    """Return an engine for the file at `path`, or for PostgreSQL where a URL is given.

    Raises:
        WorkspaceError: the URL is not one of PostgreSQL, or the folder cannot be made.
    """
    if url is not None:
        return _postgresql(_read_url(url))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{path.parent}: cannot be made: {error.strerror}"
        raise WorkspaceError(message) from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_MS / 1000},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def file_number(engine: Engine) -> int | None:
    """Return which file the database is now, by its inode; None without one, and of a server."""
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    try:
        return Path(engine.url.database).stat().st_ino
    except OSError:
        return None


def _read_url(url: str) -> URL:
    expected = "expected postgresql://user:password@host:port/database"
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        message = f"the URL of alerting's state cannot be read; {expected}"
        raise WorkspaceError(message) from None
    if read.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        shown = read.drivername
        message = f"the URL of alerting's state: found {shown}://…; {expected}"
        raise WorkspaceError(message)
    return read.set(drivername="postgresql+psycopg")


def _postgresql(url: URL) -> Engine:
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_S}
    engine = create_engine(url, connect_args=waits, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own type
    # The driver would begin transactions too late to hold others off: `_begin_sqlite` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    make_durable(cursor, busy_ms=_BUSY_MS)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _prepare_postgresql(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's type
    with connection.cursor() as cursor:
        cursor.execute(f"set lock_timeout = {_BUSY_MS}")
    connection.commit()
