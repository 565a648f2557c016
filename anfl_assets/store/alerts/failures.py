"""Why the database of alerting's state cannot be used, in words a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from anfl_assets.config.secret import Secret, redacted, without_user
from anfl_assets.errors import WorkspaceError

_FULL = "no space left for the state of alerting; free some and run again"
_LOCKED = "another process keeps the state of alerting locked; wait until it has ended"
_FAILED = "the disk failed under the state of alerting, or is full; free some and run again"
_NOT_WRITABLE = "this user may not write there, and alerting needs it even to be read"
# By what SQLite says, and by PostgreSQL's codes: its words depend on the language.
_SQLITE = {
    "is full": _FULL,
    "locked": _LOCKED,
    "unable to open": _NOT_WRITABLE,
    "readonly": _NOT_WRITABLE,
    "I/O": _FAILED,
}
_DAMAGED = ("not a database", "malformed")
_POSTGRESQL = {"53100": _FULL, "55P03": _LOCKED, "58030": _FAILED}


def place(engine: Engine) -> str:
    """Return where the database is, fit to be shown."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return without_user(engine.url.set(drivername="postgresql").render_as_string())


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the database's own failures into one a person can act on."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = _told(error, engine)
        if told is None:
            raise
        message = f"{place(engine)}: {told}"
        # Without the driver's own error: it may name what the URL says.
        raise WorkspaceError(message) from None


def _told(error: DBAPIError | sqlite3.Error, engine: Engine) -> str | None:
    # Without SQLAlchemy about it where the driver itself was asked.
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = str(cause)
    if engine.dialect.name == "sqlite":
        if any(word in said for word in _DAMAGED):
            return (
                f"the state of alerting is damaged ({said}); move the file and its -wal aside, "
                "for whoever looks into it, and alerting starts anew"
            )
        return next((advice for word, advice in _SQLITE.items() if word in said), None)
    known = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
    if known is not None or not isinstance(error, OperationalError):
        return known
    password = engine.url.password
    shown = redacted(" ".join(said.split()), Secret(password) if password else None)
    return (
        f"the state of alerting cannot be reached ({shown}); start the server, or correct "
        "ANFL_ALERTS_URL"
    )
