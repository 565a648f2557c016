"""What is in a growing file: read from any place on, and known again by prints of its bytes."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from anfl_assets.collect.connect.tail_cursor import Followed
from anfl_assets.collect.connect.tail_files import Seen
from anfl_assets.errors import SourceError

PRINT_SIZE = 1024
_COMPARED = 64 << 10
_PIECE = 4 << 10
_BLOCK = 1 << 20


class NotThereError(Exception):
    """A file is not what it was seen to be a moment ago: gone, or another has its name."""


class UnfinishedError(NotThereError):
    """An archive ends in the middle: it is still being packed, or was cut short."""


@contextmanager
def content(seen: Seen) -> Iterator[BinaryIO]:
    """Open a file's content, decompressed where it is packed.

    Raises:
        NotThereError: it has gone, was cut, or another has its name.
        UnfinishedError: it is still being packed.
        SourceError: no permission, or a damaged archive.

    """
    try:
        with seen.path.open("rb") as file:
            state = os.fstat(file.fileno())
            is_cut = state.st_size < seen.size
            if (state.st_dev, state.st_ino) != seen.identity or is_cut:
                raise NotThereError
            if seen.is_packed:
                with gzip.GzipFile(fileobj=file) as packed:
                    yield cast("BinaryIO", packed)
            else:
                yield file
    except FileNotFoundError as error:
        raise NotThereError from error
    except EOFError as error:
        raise UnfinishedError from error
    except PermissionError as error:
        msg = f"{seen.relative}: no permission to read the file"
        raise SourceError(msg) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        msg = f"{seen.relative}: the archive is damaged: {error}"
        raise SourceError(msg) from error


def print_of(text: bytes) -> str:
    """Return the print of a piece of content, 16 characters."""
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def begins_as(file: BinaryIO, followed: Followed) -> bool:
    """Whether the file's first bytes are those of the followed one, as far as it was read."""
    if not followed.offset:
        return True
    file.seek(0)
    size = min(PRINT_SIZE, followed.offset)
    return print_of(file.read(size)) == followed.head


def goes_on(file: BinaryIO, followed: Followed) -> bool:
    """Whether the file holds what was read of the followed one; leaves it at the offset.

    Both prints must fit: a file that was cut and has grown again is another.
    """
    if not begins_as(file, followed):
        return False
    if not followed.offset:
        return True
    start = max(0, followed.offset - PRINT_SIZE)
    file.seek(start)
    return print_of(file.read(followed.offset - start)) == followed.trail


def read_whole(origin: str, seen: Seen) -> Followed:
    """Return a file as one that was read to its end, without reading its lines.

    Raises:
        NotThereError: it has gone meanwhile.

    """
    first = last = b""
    size = 0
    with content(seen) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            first = first if len(first) >= PRINT_SIZE else (first + block)[:PRINT_SIZE]
            last = (last + block)[-PRINT_SIZE:]
    head, trail = print_of(first), print_of(last)
    return Followed(
        origin, *seen.identity, size, 1, head, trail, mtime_ns=seen.mtime_ns, rested_at=seen.size
    )


def is_same_so_far(copy: Seen, original: Seen) -> bool:
    """Whether two files hold the same content as far as the shorter goes (64 KiB are compared).

    Nothing yet is the beginning of any copy, but an original without content has none.

    Raises:
        NotThereError: one has gone meanwhile.

    """
    copied, known = _beginning(copy), _beginning(original)
    size = min(len(copied), len(known))
    return bool(known) and copied[:size] == known[:size]


def _beginning(seen: Seen) -> bytes:
    """Return the first 64 KiB; of an archive that is being packed, what is there."""
    text = b""
    with contextlib.suppress(UnfinishedError), content(seen) as file:
        while len(text) < _COMPARED and (block := file.read(min(_PIECE, _COMPARED - len(text)))):
            text += block
    return text
