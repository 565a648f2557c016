"""One folder as it stands at one moment, though files in it are renamed all the while.

Reading a folder is no single step: a rename meanwhile hides a file or shows it twice. But any
rename, making or removal changes the folder's own times.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

# Of a file system's clock: two changes within it may leave the same times.
_TICK_NS = 10_000_000

Stamp = tuple[int, int, int, int] | None


class RestlessError(Exception):
    """Files were renamed while they were looked at or read."""


def entries(folder: Path) -> tuple[Stamp, list[tuple[Path, os.stat_result]]]:
    """Return all that stood in a folder at one moment, by name, and the folder's stamp.

    Of a symbolic link the state is its target's; one that leads nowhere is left out.

    Raises:
        RestlessError: the folder was changed meanwhile.
        OSError: it is not there, is none, or may not be looked into.

    """
    before = _settled(folder)
    found: list[tuple[Path, os.stat_result]] = []
    with os.scandir(folder) as listed:
        for entry in sorted(listed, key=lambda entry: entry.name):
            state = _state(entry)
            if state is not None:
                found.append((folder / entry.name, state))
    if _stamp(folder) != before:
        raise RestlessError
    return before, found


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        # Not the entry's own: that is remembered on some systems.
        state = os.stat(entry.path)  # noqa: PTH116
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not entry.is_symlink():
            raise RestlessError from error
        return None
    return state


def _settled(folder: Path) -> Stamp:
    """Return the folder's stamp once it is older than a tick, so that any change shows in it."""
    stamp = _stamp(folder)
    age = time.time_ns() - stamp[2]
    if age >= _TICK_NS:
        return stamp
    # A time in the future is another machine's: only waiting tells how old it is.
    time.sleep((_TICK_NS - max(age, 0)) / 1e9)
    if _stamp(folder) != stamp:
        raise RestlessError
    return stamp


def _stamp(folder: Path) -> tuple[int, int, int, int]:
    state = folder.stat()
    return state.st_dev, state.st_ino, state.st_mtime_ns, state.st_ctime_ns
