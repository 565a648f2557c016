"""What one pull takes of one file.

Only whole lines are taken; what stands after the last line end waits, but for a file that nothing
will be added to: there it is the last record.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import BinaryIO

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.connect.tail_content import (
    PRINT_SIZE,
    NotThereError,
    UnfinishedError,
    content,
    goes_on,
    print_of,
)
from anfl_assets.collect.connect.tail_cursor import Followed
from anfl_assets.collect.connect.tail_follow import Placed
from anfl_assets.collect.connect.tail_records import Records, Stretch, Taken, oversized
from anfl_assets.errors import SourceError

_HEADER_LIMIT = 64 << 10


@dataclass(frozen=True)
class Part:
    """What was taken of one file; `is_whole`: up to its end, `is_cut`: the limit was reached."""

    item: Placed
    batch: Batch | None = None
    size: int = 0
    is_whole: bool = True
    is_cut: bool = False


@dataclass(frozen=True)
class Take:
    """How lines are taken: as which records, and at most how many bytes in one pull."""

    records: Records
    limit: int

    def part(self, item: Placed, left: int, *, is_last: bool) -> Part:
        """Return at most `left` bytes of new lines; `is_last`: nothing can follow them.

        Raises:
            NotThereError: the file is no longer what it was seen to be.
            SourceError: it cannot be read as the feed says.

        """
        if is_read(item):
            return Part(item)
        if item.is_archive and not item.seen.is_packed and item.seen.size < item.followed.offset:
            # A copy made before the last lines were written, and those were read.
            return Part(_rested(item))
        try:
            with content(item.seen) as file:
                return self._taken(item, file, left, is_last=is_last)
        except UnfinishedError:
            return Part(item, is_whole=False)

    def _taken(self, item: Placed, file: BinaryIO, left: int, *, is_last: bool) -> Part:
        header, start, line = self._header(file, item.seen.relative)
        if header is None:
            return Part(_rested(item))
        followed = item.followed
        if not goes_on(file, followed):
            raise NotThereError
        if not followed.offset:
            followed = replace(followed, offset=start, line=line)
        before = _before(file, followed.offset)
        text = file.read(left)
        is_end = len(text) < left
        lines = text if is_end and is_last else text[: text.rfind(b"\n") + 1]
        if not lines and not is_end:
            if left < self.limit:
                return Part(item, is_whole=False, is_cut=True)
            taken = Taken(oversized(followed.line, text), len(text), followed.line)
        else:
            taken = self._split(item, Stretch(lines, followed.line, is_end and is_last), header)
            if not taken.size and not is_end and left == self.limit:
                taken = self._split(item, Stretch(lines, followed.line, is_last=True), header)
        if taken.size:
            item = _read_on(item, followed, before + text[: taken.size], taken)
        batch = taken.batch if taken.size else None
        return Part(_rested(item) if is_end else item, batch, taken.size, is_end, is_cut=not is_end)

    def _split(self, item: Placed, stretch: Stretch, header: tuple[str, ...]) -> Taken:
        return self.records.take(stretch, header, where=item.seen.relative)

    def _header(self, file: BinaryIO, where: str) -> tuple[tuple[str, ...] | None, int, int]:
        """Return the columns, where the first record begins and its line; None: not yet written.

        Raises:
            SourceError: the header line cannot be read.

        """
        if not self.records.has_header:
            return self.records.header, 0, 1
        text = file.read(_HEADER_LIMIT)
        lines = io.StringIO(text.decode(errors="replace").removeprefix("\ufeff"), newline="\n")
        reader = csv.reader(lines, delimiter=self.records.delimiter, strict=True)
        try:
            names = next((row for row in reader if row), None)
        except csv.Error as error:
            msg = f"{where}: the header line cannot be read: {error}"
            raise SourceError(msg) from error
        if text.count(b"\n") < reader.line_num or names is None:
            if len(text) == _HEADER_LIMIT:
                msg = f"{where}: no header line in its first {_HEADER_LIMIT} bytes"
                raise SourceError(msg)
            return None, 0, 1
        rest = text.split(b"\n", reader.line_num)[-1]
        columns = tuple(name.strip() for name in names)
        return columns, len(text) - len(rest), reader.line_num + 1


def is_ended(item: Placed, begun_again: set[str]) -> bool:
    """Whether nothing will be added to a file.

    A service may go on writing into a file for a while after it was renamed: until the next one
    has content, or for as long as it grows from one pull to the next.
    """
    if item.is_archive:
        return True
    if item.is_at_origin:
        return False
    return item.followed.origin in begun_again or item.followed.rested_at == item.seen.size


def is_read(item: Placed) -> bool:
    """Whether a file that was read to its end has not changed since."""
    followed, seen = item.followed, item.seen
    is_same = followed.rested_at == seen.size and followed.mtime_ns == seen.mtime_ns
    return is_same and (item.is_archive or followed.offset >= seen.size)


def _rested(item: Placed) -> Placed:
    """Return a file that was read to its end with its size, where it is not growing."""
    is_away = item.is_archive or not item.is_at_origin
    followed = replace(
        item.followed,
        mtime_ns=item.seen.mtime_ns,
        rested_at=item.seen.size if is_away else None,
    )
    return replace(item, followed=followed)


def _before(file: BinaryIO, offset: int) -> bytes:
    """Return the bytes before an offset that the next prints need; leaves the file at it."""
    start = max(0, offset - PRINT_SIZE)
    file.seek(start)
    return file.read(offset - start)


def _read_on(item: Placed, followed: Followed, text: bytes, taken: Taken) -> Placed:
    """Return a file that was read further; `text` is what stands before the place, and its print.

    The head is made once it is whole, from the beginning of the file.
    """
    offset = followed.offset + taken.size
    start = offset - len(text)
    head = print_of(text[:PRINT_SIZE]) if start == 0 else followed.head
    after = replace(
        followed,
        offset=offset,
        line=taken.line,
        head=head,
        trail=print_of(text[-PRINT_SIZE:]),
        mtime_ns=item.seen.mtime_ns,
        rested_at=None,
    )
    return replace(item, followed=after)
