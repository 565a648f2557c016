"""Which archive holds what was read of a file that has gone: a copy, or one that was packed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence

from anfl_assets.collect.connect.tail_content import (
    PRINT_SIZE,
    UnfinishedError,
    begins_as,
    content,
    goes_on,
    is_same_so_far,
)
from anfl_assets.collect.connect.tail_cursor import Followed
from anfl_assets.collect.connect.tail_files import Seen
from anfl_assets.collect.connect.tail_kin import is_kin, is_rotation
from anfl_assets.errors import SourceError

# A copy may be a little older than the original's last change: some tools keep whole seconds.
_SLACK_NS = 1_000_000_000
# An archive that did not grow for so long, while others did, is not being packed any more.
_PACKING_NS = 60_000_000_000


def archive_of(followed: Followed, free: Iterable[Seen], seen: Sequence[Seen]) -> Seen | None:
    """Return the file that holds what was read of one that has gone; the largest of several.

    Raises:
        UnfinishedError: none does, but one that is being packed may come to.

    """
    since = followed.mtime_ns - _SLACK_NS
    kin = [
        file for file in free if file.mtime_ns >= since and is_kin(file.relative, followed.origin)
    ]
    newest = max((file.mtime_ns for file in seen), default=0)
    unfinished: UnfinishedError | None = None
    for file in sorted(kin, key=lambda file: file.size, reverse=True):
        try:
            if _holds(file, followed):
                return file
        except UnfinishedError as error:
            if file.mtime_ns + _PACKING_NS > newest and not _is_copy_of_any(file, seen):
                unfinished = error
    if unfinished is not None:
        raise unfinished
    return None


def _holds(seen: Seen, followed: Followed) -> bool:
    """Whether an archive holds all that was read; lines may have been written after it was made."""
    with contextlib.suppress(SourceError), content(seen) as file:
        if goes_on(file, followed):
            return True
        is_shorter = not seen.is_packed and PRINT_SIZE <= seen.size < followed.offset
        is_named = is_rotation(seen.relative, followed.origin)
        return is_shorter and is_named and begins_as(file, followed)
    return False


def _is_copy_of_any(file: Seen, seen: Iterable[Seen]) -> bool:
    """Whether an archive is made from a file that is still there."""
    return any(
        is_same_so_far(file, other)
        for other in seen
        if not other.is_packed and is_kin(file.relative, other.relative)
    )
