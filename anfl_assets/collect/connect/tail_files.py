"""The files in the folders of a glob, as they are seen at one moment.

Nothing is decided here: which file is which is told in `tail_follow.py`. None is opened; that does
`tail_content.py`.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anfl_assets.collect.connect.tail_folder import Stamp, entries
from anfl_assets.errors import SourceError, SourceUnavailable

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


@dataclass(frozen=True)
class Look:
    """The files, each once, and the stamps of the folders they were looked for in."""

    files: tuple[Seen, ...]
    stamps: tuple[Stamp, ...]

    def still_holds(self, after: Look, is_of_concern: Callable[[Seen], bool]) -> bool:
        """Whether no file of concern came, went, was renamed or cut by a later look.

        Files may grow. Where others were renamed in their folders, archives may not: an inode is
        soon used again, and one under the old name may be another's.
        """
        is_still = self.stamps == after.stamps
        before = {_named(file): file for file in self.files if is_of_concern(file)}
        later = {_named(file): file for file in after.files if is_of_concern(file)}
        return before.keys() == later.keys() and all(
            _is_same(file, later[name], may_grow=is_still or not file.is_packed)
            for name, file in before.items()
        )


def look(root: Path, pattern: str, origins: Iterable[str]) -> Look:
    """Return the files in every folder where the glob matches or an origin was, each once.

    Hidden files and whatever a symbolic link leads out of the root are ignored. A file with two
    names is seen by the one the glob matches, and sooner by its own than by a link's.

    Raises:
        RestlessError: files were renamed meanwhile, so that some may have been hidden.
        SourceUnavailable: the root, or the folder the glob begins in, is absent.
        SourceError: no permission to look into a folder.

    """
    root = root.resolve()
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
    found: dict[tuple[int, int], Seen] = {}
    stamps: list[Stamp] = []
    for folder in sorted({PurePosixPath(name).parent for name in (*matched, *origins)}):
        stamp, files = _files(root, folder)
        stamps.append(stamp)
        for path, state in files:
            name = path.relative_to(root).as_posix()
            size, mtime_ns = state.st_size, state.st_mtime_ns
            seen = Seen(name, path, state.st_dev, state.st_ino, size, mtime_ns, name in matched)
            known = found.get(seen.identity)
            if known is None or _rank(seen) < _rank(known):
                found[seen.identity] = seen
    return Look(tuple(found.values()), tuple(stamps))


def _named(seen: Seen) -> tuple[str, int, int, bool]:
    return seen.relative, *seen.identity, seen.is_matched


def _is_same(before: Seen, after: Seen, *, may_grow: bool) -> bool:
    if may_grow:
        return after.size >= before.size
    return (after.size, after.mtime_ns) == (before.size, before.mtime_ns)


def _begin(root: Path, pattern: str) -> Path:
    """Return the last folder that every match of the glob is in."""
    named = itertools.takewhile(
        lambda part: not set(part) & set("*?["), PurePosixPath(pattern).parent.parts
    )
    return root.joinpath(*named)


def _rank(seen: Seen) -> tuple[bool, bool, str]:
    return not seen.is_matched, seen.path.is_symlink(), seen.relative


def _files(root: Path, folder: PurePosixPath) -> tuple[Stamp, list[tuple[Path, os.stat_result]]]:
    """Return what stands in a folder that can be followed; nothing where it is not there."""
    if any(part.startswith(".") for part in folder.parts):
        return None, []
    try:
        stamp, found = entries(root / folder)
    except FileNotFoundError:
        return None, []
    except (PermissionError, NotADirectoryError) as error:
        msg = f"{folder.as_posix()}: cannot be looked into: {error.strerror}"
        raise SourceError(msg) from error
    return stamp, list(_inside(root, found))


def _inside(
    root: Path, found: Iterable[tuple[Path, os.stat_result]]
) -> Iterator[tuple[Path, os.stat_result]]:
    for path, state in found:
        if not stat.S_ISREG(state.st_mode) or path.name.startswith("."):
            continue
        if not path.is_symlink() or path.resolve().is_relative_to(root):
            yield path, state
