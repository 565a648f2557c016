"""Connecting to the database of alerting's state, and saying in words why that failed.

A password in the URL is used for connecting and shown nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from anfl_assets.config.secret import Secret, redacted, without_user
from anfl_assets.errors import WorkspaceError

_BUSY_MS = 30_000
_CONNECT_S = 10
_NOT_WRITABLE = "this user may not write there, and alerting needs it even to be read"
_ADVICE = {
    "is full": "no space left for the state of alerting; free some and run again",
    "No space left": "no space left for the state of alerting; free some on its server",
    "locked": "another process keeps the state of alerting locked; wait until it has ended",
    "lock timeout": "another process keeps the state of alerting locked; wait until it has ended",
    "unable to open": _NOT_WRITABLE,
    "readonly": _NOT_WRITABLE,
    "I/O": "the disk failed under the state of alerting, or is full; free some and run again",
}
_DAMAGED = ("not a database", "malformed")
_AWAY = ("connection", "terminating", "starting up", "shutting down", "authentication")


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


def place(engine: Engine) -> str:
    """Return where the database is, fit to be shown."""
    if engine.url.drivername == "sqlite":
        return str(engine.url.database)
    return without_user(engine.url.set(drivername="postgresql").render_as_string())


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the database's own failures into one a person can act on."""
    try:
        yield
    except DBAPIError as error:
        told = _told(str(error.orig), engine)
        if told is None:
            raise
        message = f"{place(engine)}: {told}"
        # The driver's own error is left out: it may name what the URL says.
        raise WorkspaceError(message) from None


def _told(said: str, engine: Engine) -> str | None:
    for word, advice in _ADVICE.items():
        if word in said:
            return advice
    password = engine.url.password
    shown = redacted(" ".join(said.split()), Secret(password) if password else None)
    if any(word in said for word in _DAMAGED):
        return (
            f"the state of alerting is damaged ({shown}); keep a copy of the file and its -wal for "
            "whoever looks into it, then move them away: alerting starts anew"
        )
    if engine.dialect.name == "postgresql" and any(word in said for word in _AWAY):
        return (
            f"the state of alerting cannot be reached ({shown}); start the server, or correct "
            "ANFL_ALERTS_URL"
        )
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
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _prepare_postgresql(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's type
    with connection.cursor() as cursor:
        cursor.execute(f"set lock_timeout = {_BUSY_MS}")
    connection.commit()
