"""Which of the files that are there now is which of those followed, and which are to be read.

A followed file is found by device and inode under any name, and must still hold what was read of
it. Where it does not (cut after it was copied, or compressed), a file of its kin that holds it
takes its place. What rotated away between two pulls without ever being seen is found by its name
and by being newer than all that was seen before.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from anfl_assets.collect.connect.tail_archive import archive_of
from anfl_assets.collect.connect.tail_content import (
    UnfinishedError,
    content,
    goes_on,
    is_same_so_far,
    read_whole,
)
from anfl_assets.collect.connect.tail_cursor import Cursor, Followed
from anfl_assets.collect.connect.tail_files import Seen
from anfl_assets.collect.connect.tail_kin import first_name, is_rotation
from anfl_assets.errors import SourceError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Placed:
    """A followed file where it is now; `is_archive`: a copy that nothing will be added to."""

    followed: Followed
    seen: Seen
    is_archive: bool = False

    @property
    def is_at_origin(self) -> bool:
        """Whether the service that writes it would still find it under its first name."""
        return self.seen.relative == self.followed.origin


@dataclass(frozen=True)
class Placement:
    """Where every followed file is, and those that are not there."""

    placed: tuple[Placed, ...]
    missing: tuple[Followed, ...]


def place(cursor: Cursor, seen: Sequence[Seen]) -> Placement:
    """Find every followed file and every new one.

    Raises:
        NotThereError: a file was renamed since it was seen; all must be looked at again.
        UnfinishedError: what was read of a file may be in an archive that is being packed.
        SourceError: a file may not be read, or is a damaged archive.

    """
    free = {file.identity: file for file in seen}
    placed: list[Placed] = []
    lost: list[Followed] = []
    for followed in sorted(cursor.files, key=lambda file: file.mtime_ns, reverse=True):
        found = free.get(followed.identity)
        if found is not None and _is(found, followed):
            placed.append(_placed(followed, found))
            del free[found.identity]
        else:
            lost.append(followed)
    missing: list[Followed] = []
    for followed in lost:
        archive = archive_of(followed, free.values(), seen) if followed.offset else None
        if archive is None:
            missing.append(_cut(followed, seen))
        else:
            placed.append(_placed(followed, archive, is_archive=True))
            del free[archive.identity]
    for file in sorted(free.values(), key=lambda file: file.mtime_ns):
        origin = _origin(cursor, file, placed)
        if origin is not None and not _is_copy(file, placed):
            placed.append(_placed(Followed(origin, *file.identity), file))
    return Placement(tuple(placed), tuple(missing))


def begun(cursor: Cursor, seen: Sequence[Seen]) -> Cursor:
    """Return the cursor with a mark for each matched file that has none.

    What is named like a rotation of it was there before and is not read. Only the newest need be
    remembered for that: the others are older than the mark.

    Raises:
        NotThereError: as `place`.

    """
    marks, files = dict(cursor.marks), list(cursor.files)
    known = {followed.identity for followed in files}
    for origin in (file.relative for file in seen if file.is_matched):
        if origin in marks:
            continue
        kin = [file for file in seen if not file.is_matched and is_rotation(file.relative, origin)]
        marks[origin] = max((file.mtime_ns for file in kin), default=0)
        cursor = replace(cursor, marks=marks)
        newest = [file for file in kin if cursor.is_since(origin, file.mtime_ns)]
        for file in newest:
            if file.identity not in known:
                with contextlib.suppress(UnfinishedError, SourceError):
                    files.append(read_whole(origin, file))
    return replace(cursor, files=tuple(files), marks=marks)


def _placed(followed: Followed, seen: Seen, *, is_archive: bool = False) -> Placed:
    is_archive = is_archive or seen.is_packed
    known = replace(followed, device=seen.device, inode=seen.inode)
    return Placed(known, seen, is_archive)


def _is(seen: Seen, followed: Followed) -> bool:
    """Whether the file with a followed one's inode still is that file."""
    is_same = followed.rested_at == seen.size and followed.mtime_ns == seen.mtime_ns
    if is_same and (seen.is_packed or followed.offset >= seen.size):
        return True
    if not followed.offset:
        name = seen.relative
        return name == followed.origin or is_rotation(name, followed.origin)
    # An inode is soon used again: this may be an archive that is only being made.
    with contextlib.suppress(UnfinishedError), content(seen) as file:
        return goes_on(file, followed)
    return False


def _origin(cursor: Cursor, file: Seen, placed: Sequence[Placed]) -> str | None:
    """Return the origin of a file not met before; None where it is nobody's or has no content."""
    if not file.size:
        return None
    if file.is_matched:
        return first_name(file.relative, cursor.marks)
    for origin in cursor.marks:
        if is_rotation(file.relative, origin) and cursor.is_since(origin, file.mtime_ns):
            is_there = any(
                item.is_at_origin and item.followed.offset
                for item in placed
                if item.followed.origin == origin
            )
            return None if is_there else origin
    return None


def _is_copy(file: Seen, placed: Sequence[Placed]) -> bool:
    """Whether a file is a copy, perhaps half made, of one that is followed."""
    return any(
        is_same_so_far(file, item.seen)
        for item in placed
        if is_rotation(file.relative, item.followed.origin)
        or is_rotation(file.relative, item.seen.relative)
    )


def gone(cursor: Cursor, seen: Iterable[Seen], placement: Placement) -> bool:
    """Whether a folder is there in which nothing that was followed is left: no file, no rotation.

    One file of several may have been deleted for good; all of them speak for a disk not mounted.
    """
    there = {item.followed.origin for item in placement.placed}
    there |= {file.relative for file in seen if file.is_matched}
    folders = {PurePosixPath(origin).parent for origin in there}
    return any(PurePosixPath(origin).parent not in folders for origin in cursor.origins)


def _cut(followed: Followed, seen: Iterable[Seen]) -> Followed:
    """Say where a file was cut and no copy of it is there; it is told once.

    Of one that had rotated away and was read to its end, nothing is lost: the oldest is deleted,
    and its inode used again.
    """
    is_other = any(file.identity == followed.identity for file in seen)
    if not followed.offset or followed.rested_at is not None or not is_other:
        return followed
    _LOG.warning(
        "%s: was cut or overwritten after %d bytes were read, and no copy of it is there: what "
        "came after them is lost; following it from its beginning",
        followed.origin,
        followed.offset,
    )
    return replace(followed, device=0, inode=0)
