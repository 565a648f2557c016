"""The files in the folders of a glob, as they are seen at one moment.

Nothing is decided here: which file is which is told in `tail_follow.py`. None is opened; that does
`tail_content.py`.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anfl_assets.errors import SourceError, SourceUnavailable

_MOST_LOOKS = 5
_PACKED = ".gz"


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
        SourceUnavailable: the root, or the folder the glob begins in, is absent.
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
    # A folder that is not there (a disk that is not mounted) does not say that nothing was written.
    begin = _begin(root, pattern)
    if not begin.is_dir():
        msg = f"folder {begin} does not exist"
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


def _begin(root: Path, pattern: str) -> Path:
    """Return the last folder that every match of the glob is in."""
    named = itertools.takewhile(
        lambda part: not set(part) & set("*?["), PurePosixPath(pattern).parent.parts
    )
    return root.joinpath(*named)


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
