"""Finding a feed's files, and making sure a file is not being written while it is read.

Hidden files and whatever a symbolic link leads out of the root are ignored. Opens files, never
interprets them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anfl_assets.collect.feed import Feed
from anfl_assets.errors import SourceError, SourceUnavailable

_BLOCK = 1 << 20


@dataclass(frozen=True, order=True)
class FoundFile:
    """A file as it was when found; `relative` is its posix path below the feed's root."""

    relative: str
    path: Path
    size: int
    mtime_ns: int


def find_files(feed: Feed) -> list[FoundFile]:
    """Return the feed's files sorted by relative path.

    Raises:
        SourceUnavailable: the root is absent, or one of the globs matches nothing.

    """
    root = feed.root.resolve()
    if not root.is_dir():
        msg = f"folder {feed.root} does not exist"
        raise SourceUnavailable(msg)
    found: dict[str, FoundFile] = {}
    for pattern in feed.files:
        matched = {file.relative: file for file in _matches(root, pattern)}
        if not matched:
            msg = f"no file matches {pattern!r} in folder {feed.root}"
            raise SourceUnavailable(msg)
        found |= matched
    return sorted(found.values())


def _matches(root: Path, pattern: str) -> Iterator[FoundFile]:
    for path in root.glob(pattern):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts):
            continue
        if not path.resolve().is_relative_to(root):
            continue
        try:
            state = path.stat()
        except OSError:
            continue
        if stat.S_ISREG(state.st_mode):
            yield FoundFile(relative.as_posix(), path, state.st_size, state.st_mtime_ns)


@contextmanager
def opened(found: FoundFile) -> Iterator[BinaryIO]:
    """Open the file for reading; it must be as found both before and after.

    Raises:
        SourceUnavailable: gone, unreadable or still being written.
        SourceError: permission denied.

    """
    try:
        with found.path.open("rb") as file:
            _require_unchanged(found, os.fstat(file.fileno()))
            yield file
            _require_unchanged(found, found.path.stat())
    except FileNotFoundError as error:
        msg = f"{found.relative}: the file has gone since it was found"
        raise SourceUnavailable(msg) from error
    except PermissionError as error:
        msg = f"{found.relative}: no permission to read the file"
        raise SourceError(msg) from error


def _require_unchanged(found: FoundFile, state: os.stat_result) -> None:
    if (state.st_size, state.st_mtime_ns) != (found.size, found.mtime_ns):
        msg = (
            f"{found.relative}: is still being written "
            f"(found with {found.size} bytes, now {state.st_size})"
        )
        raise SourceUnavailable(msg)


def content_sha256(found: FoundFile) -> str:
    """Return the hex digest of the file's bytes as stored (compressed files: of the archive).

    Raises:
        SourceUnavailable: as `opened`.

    """
    digest = hashlib.sha256()
    with opened(found) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
