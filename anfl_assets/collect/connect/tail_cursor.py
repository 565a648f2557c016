"""What is remembered of growing files between two pulls: as JSON, a few hundred bytes a file.

A file is known by device and inode, and by prints of what was read of it: of its first bytes and
of the last ones before the place reading goes on. No byte of its content stands in a cursor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

_SECOND_NS = 1_000_000_000
# Of files that were read to their end or have gone, the newest are remembered: they may come
# again under another name, compressed.
_REMEMBERED = 3
_REMEMBERED_IN_ALL = 64


@dataclass(frozen=True)
class Followed:
    """One file: where it was first found, who it is, and how far it was read.

    `offset` is in bytes of its content (of a compressed file: decompressed), `line` the number of
    the line that begins there. `head` and `trail` are the prints. `rested_at` is its size when it
    was last seen away from `origin`, None before.
    """

    origin: str
    device: int
    inode: int
    offset: int = 0
    line: int = 1
    head: str = ""
    trail: str = ""
    mtime_ns: int = 0
    rested_at: int | None = None

    @property
    def identity(self) -> tuple[int, int]:
        """What tells a file from all others while it exists."""
        return self.device, self.inode


@dataclass(frozen=True)
class Cursor:
    """Every file that is followed, and by origin the newest change of it that was seen.

    What is named like a rotation of an origin and is older than its mark was there before.
    """

    pattern: str
    files: tuple[Followed, ...] = ()
    marks: Mapping[str, int] = field(default_factory=dict)

    @property
    def origins(self) -> frozenset[str]:
        """The first names of all that is followed."""
        return frozenset((*self.marks, *(followed.origin for followed in self.files)))

    def text(self) -> str:
        """Return it as JSON."""
        files = [asdict(followed) for followed in self.files]
        return json.dumps({"tail": self.pattern, "files": files, "marks": dict(self.marks)})

    def is_since(self, origin: str, mtime_ns: int) -> bool:
        """Whether a change may be after the mark; compressors may cut times to seconds."""
        return mtime_ns >= self.marks.get(origin, 0) // _SECOND_NS * _SECOND_NS


def read_cursor(text: str | None, pattern: str) -> Cursor:
    """Return what a cursor says; None: that nothing was read of what `pattern` matches."""
    if text is None:
        return Cursor(pattern)
    content = json.loads(text)
    files = tuple(Followed(**item) for item in content["files"])
    return Cursor(content["tail"], files, content["marks"])


def worth_remembering(cursor: Cursor, done: list[Followed]) -> list[Followed]:
    """Return of the files that need no more reading those that may be met again."""
    newest = sorted(done, key=lambda followed: followed.mtime_ns, reverse=True)
    counts: dict[str, int] = {}
    kept: list[Followed] = []
    for followed in newest:
        counts[followed.origin] = counts.get(followed.origin, 0) + 1
        is_among = counts[followed.origin] <= _REMEMBERED
        if is_among or cursor.is_since(followed.origin, followed.mtime_ns):
            kept.append(followed)
    return kept[:_REMEMBERED_IN_ALL]
