"""Switching an SQLite file to its write-ahead log while other processes may open it too."""

from __future__ import annotations

import sqlite3
import time

_EVERY_S = 0.02
_TRIES = 500


def use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch the file; once switched it stays so.

    Raises:
        sqlite3.OperationalError: it cannot be switched, or another process keeps the file for long.
    """
    for _ in range(_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Of two that switch a new file one is sent away at once, whatever its busy_timeout.
            if "locked" not in str(error):
                raise
            time.sleep(_EVERY_S)
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")
