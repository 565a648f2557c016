"""Keeping a table's files few: many small commits make many small files, and each costs a reader.

Compaction is a commit of its own that changes no row; files that no recent version names go later,
so that a reader that has begun is never disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from anfl_assets.store import lake

# A table is compacted when its partitions hold more files than this on average.
_FILES_PER_PARTITION = 8
# Longer than any reader reads.
_RETENTION_H = 168


def tidy(path: Path, *, metadata: Mapping[str, str]) -> int | None:
    """Compact and vacuum the table if it is scattered; return the version that is newest then."""
    if _is_scattered(path):
        lake.compact(path, metadata=metadata)
        lake.vacuum(path, retention_h=_RETENTION_H)
    return lake.version(path)


def _is_scattered(path: Path) -> bool:
    found = lake.files(path)
    partitions = {Path(name).parent for name in found}
    return len(found) > _FILES_PER_PARTITION * max(len(partitions), 1)
