"""An SQLite file that survives a crash: write-ahead log, each commit on disk, several processes."""

from __future__ import annotations

import sqlite3
import time

_EVERY_S = 0.02
# A try may itself wait for as long as the connection's busy_timeout: time is counted, not tries.
_WITHIN_S = 10.0


def make_durable(cursor: sqlite3.Cursor, *, busy_ms: int) -> None:
    """Set a new connection up so that what is committed stays, and others are waited for.

    Raises:
        sqlite3.OperationalError: the file cannot be switched, or is kept by another for long.
    """
    _use_write_ahead_log(cursor)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {busy_ms}"):
        cursor.execute(f"PRAGMA {pragma}")


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch the file; once switched it stays so.

    Raises:
        sqlite3.OperationalError: it cannot be switched, or another process keeps the file for long.
    """
    ends = time.monotonic() + _WITHIN_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Of two that switch a new file one is sent away at once, whatever its busy_timeout.
            if "locked" not in str(error) or time.monotonic() >= ends:
                raise
            time.sleep(_EVERY_S)
        else:
            return
