"""The files of a version of a table, kept once they are known: readers ask for the same few again.

Opening a Delta table takes ten milliseconds, as much as a small page. A version never changes, but
a folder may be made anew; the log of its commit is another file then.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

_KEPT = 256


def pinned_files(path: Path, version: int) -> pl.DataFrame | None:
    """Return the files of a version with their statistics; None where its log is gone.

    Frame: delta-rs' flat add actions, `path` relative to the table.
    """
    try:
        log = (path / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return None
    return _files(path, version, (log.st_ino, log.st_mtime_ns))


@lru_cache(maxsize=_KEPT)
def _files(path: Path, version: int, _log: tuple[int, int]) -> pl.DataFrame:
    from deltalake import DeltaTable

    return pl.DataFrame(DeltaTable(path, version=version).get_add_actions(flatten=True))
