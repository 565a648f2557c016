"""One pull of growing files: what was added since the cursor, oldest file first.

Only whole lines are taken; what stands after the last line end waits, but for a file that nothing
will be added to: there it is the last record.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.connect.tail_cursor import (
    Cursor,
    Followed,
    read_cursor,
    worth_remembering,
)
from anfl_assets.collect.connect.tail_files import (
    PRINT_SIZE,
    NotThereError,
    Seen,
    content,
    goes_on,
    look,
    print_of,
)
from anfl_assets.collect.connect.tail_follow import Placed, Placement, begun, place
from anfl_assets.collect.connect.tail_records import Records, Stretch, Taken, oversized
from anfl_assets.errors import SourceError, SourceUnavailable

_LIMIT = 8 << 20
_MOST_TRIES = 20
_HEADER_LIMIT = 64 << 10


@dataclass(frozen=True)
class _Part:
    """What was taken of one file; `is_whole`: up to its end, `is_cut`: the limit was reached."""

    item: Placed
    batch: Batch | None = None
    size: int = 0
    is_whole: bool = True
    is_cut: bool = False


@dataclass(frozen=True)
class TailPull(Pull):
    """Files of one feed; what is known of them is in the cursor only, so any pull can go on."""

    root: Path
    pattern: str
    records: Records
    limit: int = _LIMIT

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Return at most `limit` bytes of new lines."""
        found = self._found(read_cursor(cursor, self.pattern), is_first=cursor is None)
        if found is None:
            nothing = Cursor(self.pattern).text() if cursor is None else cursor
            return Pulled(self._joined(()), nothing, None)
        known, seen, placement = found
        parts = self._parts(placement.placed, seen)
        after = self._after(known, seen, parts, placement.missing)
        is_whole = all(part.is_whole for part in parts)
        return Pulled(
            self._joined(parts),
            after.text(),
            now if is_whole else None,
            has_more=any(part.is_cut for part in parts),
        )

    def close(self) -> None:
        """Nothing is held."""

    def _found(
        self, cursor: Cursor, *, is_first: bool
    ) -> tuple[Cursor, list[Seen], Placement] | None:
        """Find the files; None where they are renamed faster than they can be looked at."""
        origins = (*cursor.marks, *(followed.origin for followed in cursor.files))
        for _ in range(_MOST_TRIES):
            seen = look(self.root, self.pattern, origins)
            if is_first and not any(file.is_matched for file in seen):
                msg = f"no file matches {self.pattern!r} in folder {self.root}"
                raise SourceUnavailable(msg)
            with contextlib.suppress(NotThereError):
                known = begun(_of(cursor, self.pattern, seen), seen)
                return known, seen, place(known, seen)
        return None

    def _parts(self, placed: Iterable[Placed], seen: Iterable[Seen]) -> list[_Part]:
        """Take what is new: first of what rotated away, oldest first."""
        begun_again = {file.relative for file in seen if file.size}
        left = self.limit
        parts: list[_Part] = []
        for item in sorted(placed, key=lambda item: (item.is_at_origin, item.seen.mtime_ns)):
            if left <= 0 and not _is_read(item):
                parts.append(_Part(item, is_whole=False, is_cut=True))
                continue
            part = self._part(item, left, is_last=_is_ended(item, begun_again))
            parts.append(part)
            left -= part.size
        return parts

    def _part(self, item: Placed, left: int, *, is_last: bool) -> _Part:
        if _is_read(item):
            return _Part(item)
        if item.is_archive and not item.seen.is_packed and item.seen.size < item.followed.offset:
            # A copy made before the last lines were written, and those were read.
            return _Part(_rested(item))
        try:
            with content(item.seen) as file:
                return self._taken(item, file, left, is_last=is_last)
        except NotThereError:
            return _Part(item, is_whole=False)

    def _taken(self, item: Placed, file: BinaryIO, left: int, *, is_last: bool) -> _Part:
        header, start, line = self._header(file, item.seen.relative)
        if header is None:
            return _Part(_rested(item))
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
                return _Part(item, is_whole=False, is_cut=True)
            taken = Taken(oversized(followed.line, text), len(text), followed.line)
        else:
            taken = self._split(item, Stretch(lines, followed.line, is_end and is_last), header)
            if not taken.size and not is_end and left == self.limit:
                taken = self._split(item, Stretch(lines, followed.line, is_last=True), header)
        if taken.size:
            item = _read_on(item, followed, before + text[: taken.size], taken)
        batch = taken.batch if taken.size else None
        return _Part(
            _rested(item) if is_end else item, batch, taken.size, is_end, is_cut=not is_end
        )

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

    def _joined(self, parts: Iterable[_Part]) -> Batch:
        nothing = self.records.take(Stretch(b"", 1), self.records.names, where=self.pattern)
        batches = [nothing.batch, *(part.batch for part in parts if part.batch is not None)]
        rows = pl.concat([batch.rows for batch in batches], how="diagonal")
        return Batch(rows, pl.concat([batch.rejects for batch in batches]))

    def _after(
        self,
        known: Cursor,
        seen: Iterable[Seen],
        parts: Iterable[_Part],
        missing: Iterable[Followed],
    ) -> Cursor:
        """Return the cursor after these parts."""
        # Of the origin only: an archive may be newer (packed today) than what is to rotate next.
        marks = dict(known.marks)
        for file in seen:
            if file.relative in marks:
                marks[file.relative] = max(marks[file.relative], file.mtime_ns)
        kept: list[Followed] = []
        done = list(missing)
        for part in parts:
            followed = part.item.followed
            is_done = part.is_whole and _is_read(part.item) and not part.item.seen.is_matched
            (done if is_done else kept).append(followed)
        after = Cursor(self.pattern, marks=marks)
        files = (*kept, *worth_remembering(after, done))
        there = {followed.origin for followed in files} | {
            file.relative for file in seen if file.is_matched
        }
        marks = {name: at for name, at in marks.items() if name in there or name == self.pattern}
        return replace(after, files=files, marks=marks)


def _of(known: Cursor, pattern: str, seen: Iterable[Seen]) -> Cursor:
    """Return what a cursor says of a glob; one of another, only what both match."""
    if known.pattern == pattern:
        return known
    matched = {file.relative for file in seen if file.is_matched}
    files = tuple(followed for followed in known.files if followed.origin in matched)
    marks = {origin: at for origin, at in known.marks.items() if origin in matched}
    return Cursor(pattern, files, marks)


def _is_ended(item: Placed, begun_again: set[str]) -> bool:
    """Whether nothing will be added to a file.

    A service may go on writing into a file for a while after it was renamed: until the next one
    has content, or for as long as it grows from one pull to the next.
    """
    if item.is_archive:
        return True
    if item.is_at_origin:
        return False
    return item.followed.origin in begun_again or item.followed.rested_at == item.seen.size


def _is_read(item: Placed) -> bool:
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
