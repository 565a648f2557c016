"""Keeping a table's files few: many small commits make many small files, and each costs a reader.

Compaction is a commit of its own that changes no row; files that no recent version names go later,
so that a reader that has begun is never disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.store import lake


@dataclass(frozen=True)
class Upkeep:
    """How a table is kept tidy.

    It is compacted when its partitions hold more than `small_files` files below `small_bytes` on
    average (`is_each`: when one of them does); None counts files of any size. Files that left stay
    `retention_h`, longer than any reader reads; they are looked for after a compaction and after
    every `vacuum_every`-th commit, since days that are replaced leave no more files to compact.
    `log_h` keeps the log short; None leaves it alone.
    """

    retention_h: int
    small_files: int = 8
    small_bytes: int | None = None
    log_h: int | None = None
    vacuum_every: int = 12


# Published tables are replaced by whole days, and a reader may open the version of a past build.
# A build replaces the file of a whole month: beside live feeds that is 288 of them a day.
MARTS = Upkeep(retention_h=24)
# Raw tables get a file a minute and are only ever read at their newest version; files that have
# grown are left alone, so that a day's rows are not written again every few minutes of a month.
RAW = Upkeep(retention_h=2, small_files=16, small_bytes=16 << 20, log_h=2)


def tidy(path: Path, upkeep: Upkeep = MARTS, *, metadata: Mapping[str, str]) -> int | None:
    """Compact and vacuum the table if it is scattered; return the version that is newest then."""
    if _is_scattered(path, upkeep):
        lake.compact(path, metadata=metadata, below_bytes=upkeep.small_bytes)
        lake.vacuum(path, retention_h=upkeep.retention_h)
        if upkeep.log_h is not None:
            lake.shorten_log(path, keep_h=upkeep.log_h)
        return lake.version(path)
    version = lake.version(path)
    if version and version % upkeep.vacuum_every == 0:
        lake.vacuum(path, retention_h=upkeep.retention_h)
        return lake.version(path)
    return version


def _is_scattered(path: Path, upkeep: Upkeep) -> bool:
    sizes = lake.file_sizes(path)
    if upkeep.small_bytes is None:
        partitions = {Path(name).parent for name in sizes}
        return len(sizes) > upkeep.small_files * max(len(partitions), 1)
    small: dict[Path, int] = {}
    for name, size in sizes.items():
        if size < upkeep.small_bytes:
            folder = Path(name).parent
            small[folder] = small.get(folder, 0) + 1
    return max(small.values(), default=0) > upkeep.small_files
