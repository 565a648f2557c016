"""The files in the folders of a glob, and reading their content from any place on.

Nothing is decided here: which file is which is told in `tail_follow.py`.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from anfl_assets.collect.connect.tail_cursor import Followed
from anfl_assets.errors import SourceError, SourceUnavailable

PRINT_SIZE = 1024
_COMPARED = 64 << 10
_PIECE = 4 << 10
_BLOCK = 1 << 20
_MOST_LOOKS = 5
_PACKED = ".gz"


class NotThereError(Exception):
    """A file is not what it was seen to be a moment ago: gone, or another has its name."""


class UnfinishedError(NotThereError):
    """An archive ends in the middle: it is still being packed, or was cut short."""


@dataclass(frozen=True)
class Seen:
    """A file as it was seen; `relative` is its posix path below root, `is_matched` by the glob."""

    relative: str
    path: Path
    device: int
    inode: int
    size: int
    mtime_ns: int
    is_matched: bool

    @property
    def identity(self) -> tuple[int, int]:
        """What tells a file from all others while it exists."""
        return self.device, self.inode

    @property
    def is_packed(self) -> bool:
        """Whether its content is to be decompressed."""
        return self.relative.endswith(_PACKED)


def look(root: Path, pattern: str, origins: Iterable[str]) -> list[Seen]:
    """Return the files in every folder where the glob matches or an origin was, each once.

    Hidden files and whatever a symbolic link leads out of the root are ignored. A file with two
    names is seen by the one the glob matches, and sooner by its own than by a link's.

    Raises:
        SourceUnavailable: the root is absent.
        SourceError: no permission to look into a folder.

    """
    root = root.resolve()
    names = tuple(origins)
    found = _look(root, pattern, names)
    # A rename while a folder is listed hides a file or shows it twice: looked at until it rests.
    for _ in range(_MOST_LOOKS):
        before, found = found, _look(root, pattern, names)
        if _named(before) == _named(found):
            break
    return list(found.values())


def _named(found: Mapping[tuple[int, int], Seen]) -> dict[tuple[int, int], str]:
    return {identity: seen.relative for identity, seen in found.items()}


def _look(root: Path, pattern: str, origins: tuple[str, ...]) -> dict[tuple[int, int], Seen]:
    if not root.is_dir():
        msg = f"folder {root} does not exist"
        raise SourceUnavailable(msg)
    try:
        matched = {path.relative_to(root).as_posix() for path in root.glob(pattern)}
    except FileNotFoundError as error:
        msg = f"{pattern}: a folder went away while it was looked into"
        raise SourceUnavailable(msg) from error
    folders = {PurePosixPath(name).parent for name in (*matched, *origins)}
    found: dict[tuple[int, int], Seen] = {}
    for path, state in (item for folder in sorted(folders) for item in _files(root, root / folder)):
        name = path.relative_to(root).as_posix()
        size, mtime_ns = state.st_size, state.st_mtime_ns
        seen = Seen(name, path, state.st_dev, state.st_ino, size, mtime_ns, name in matched)
        known = found.get(seen.identity)
        if known is None or _rank(seen) < _rank(known):
            found[seen.identity] = seen
    return found


def _rank(seen: Seen) -> tuple[bool, bool, str]:
    return not seen.is_matched, seen.path.is_symlink(), seen.relative


def _files(root: Path, folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    if any(part.startswith(".") for part in folder.relative_to(root).parts):
        return
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    except (PermissionError, NotADirectoryError) as error:
        msg = f"{folder.relative_to(root).as_posix()}: cannot be looked into: {error.strerror}"
        raise SourceError(msg) from error
    for path in paths:
        try:
            state = path.stat()
            is_inside = path.resolve().is_relative_to(root)
        except OSError:
            continue
        if stat.S_ISREG(state.st_mode) and is_inside and not path.name.startswith("."):
            yield path, state


@contextmanager
def content(seen: Seen) -> Iterator[BinaryIO]:
    """Open a file's content, decompressed where it is packed.

    Raises:
        NotThereError: it has gone or another has its name.
        UnfinishedError: it is still being packed.
        SourceError: no permission, or a damaged archive.

    """
    try:
        with seen.path.open("rb") as file:
            state = os.fstat(file.fileno())
            if (state.st_dev, state.st_ino) != seen.identity:
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
