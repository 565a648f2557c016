"""Switching an SQLite file to its write-ahead log while other processes may open it too."""

from __future__ import annotations

import sqlite3
import time

_EVERY_S = 0.02
# A try may itself wait for as long as the connection's busy_timeout: time is counted, not tries.
_WITHIN_S = 10.0


def use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
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
