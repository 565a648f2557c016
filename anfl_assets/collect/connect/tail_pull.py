"""One pull of growing files: what was added since the cursor, oldest file first."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.connect.tail_content import NotThereError
from anfl_assets.collect.connect.tail_cursor import (
    Cursor,
    Followed,
    read_cursor,
    worth_remembering,
)
from anfl_assets.collect.connect.tail_files import Seen, look
from anfl_assets.collect.connect.tail_follow import Placed, Placement, begun, place
from anfl_assets.collect.connect.tail_part import Part, Take, is_ended, is_read
from anfl_assets.collect.connect.tail_records import Records, Stretch
from anfl_assets.errors import SourceUnavailable

_LIMIT = 8 << 20
_MOST_TRIES = 20


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

    def _parts(self, placed: Iterable[Placed], seen: Iterable[Seen]) -> list[Part]:
        """Take what is new: first of what rotated away, oldest first."""
        begun_again = {file.relative for file in seen if file.size}
        take = Take(self.records, self.limit)
        left = self.limit
        parts: list[Part] = []
        for item in sorted(placed, key=lambda item: (item.is_at_origin, item.seen.mtime_ns)):
            if left <= 0 and not is_read(item):
                parts.append(Part(item, is_whole=False, is_cut=True))
                continue
            part = take.part(item, left, is_last=is_ended(item, begun_again))
            parts.append(part)
            left -= part.size
        return parts

    def _joined(self, parts: Iterable[Part]) -> Batch:
        nothing = self.records.take(Stretch(b"", 1), self.records.names, where=self.pattern)
        batches = [nothing.batch, *(part.batch for part in parts if part.batch is not None)]
        rows = pl.concat([batch.rows for batch in batches], how="diagonal")
        return Batch(rows, pl.concat([batch.rejects for batch in batches]))

    def _after(
        self,
        known: Cursor,
        seen: Iterable[Seen],
        parts: Iterable[Part],
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
            is_done = part.is_whole and is_read(part.item) and not part.item.seen.is_matched
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
