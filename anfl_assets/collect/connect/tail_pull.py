"""One pull of growing files: what was added since the cursor, oldest file first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.connect.tail_content import NotThereError, UnfinishedError
from anfl_assets.collect.connect.tail_cursor import (
    Cursor,
    Followed,
    read_cursor,
    worth_remembering,
)
from anfl_assets.collect.connect.tail_files import Look, Seen, look
from anfl_assets.collect.connect.tail_folder import RestlessError
from anfl_assets.collect.connect.tail_follow import Placed, begun, gone, place
from anfl_assets.collect.connect.tail_kin import concern
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
        """Return at most `limit` bytes of new lines; nothing where files do not rest for a pull."""
        known = read_cursor(cursor, self.pattern)
        for _ in range(_MOST_TRIES):
            try:
                return self._pulled(known, now=now, is_first=cursor is None)
            except UnfinishedError:
                break
            except (NotThereError, RestlessError):
                continue
        return Pulled(self._joined(()), known.text() if cursor is None else cursor, None)

    def close(self) -> None:
        """Nothing is held."""

    def _pulled(self, cursor: Cursor, *, now: datetime, is_first: bool) -> Pulled:
        """Return what is new, if the files are where they were after it was read.

        Raises:
            NotThereError: a file was renamed or cut meanwhile.
            RestlessError: files were renamed meanwhile.
            UnfinishedError: what was read of a file may be in an archive that is being packed.

        """
        seen = self._look(cursor)
        if is_first and not any(file.is_matched for file in seen.files):
            msg = f"no file matches {self.pattern!r} in folder {self.root}"
            raise SourceUnavailable(msg)
        known = begun(_of(cursor, self.pattern, seen.files), seen.files)
        placement = place(known, seen.files)
        parts = self._parts(placement.placed, seen.files)
        # An inode is soon used again: what was read may be the next file, under this one's name.
        if not seen.still_holds(self._look(cursor), concern(known)):
            raise RestlessError
        is_whole = all(part.is_whole for part in parts)
        return Pulled(
            self._joined(parts),
            self._after(known, seen.files, parts, placement.missing).text(),
            now if is_whole and not gone(known, seen.files, placement) else None,
            has_more=any(part.is_cut for part in parts),
        )

    def _look(self, cursor: Cursor) -> Look:
        return look(self.root, self.pattern, cursor.origins)

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
            # What is newer must not be read before the rest of this.
            left = 0 if part.is_cut else left - part.size
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
