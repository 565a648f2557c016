"""The spool: rows of running systems between the moment they are seen and their commit to the lake.

One folder for each feed, in it one segment (an Arrow stream) for each commit to come. A pull's rows
and the cursor after them are one record batch, on the disk before the next pull: what was torn by a
crash is no batch, so its rows are asked for again. A segment is removed once it has landed; until
then the live path reads it beside the lake.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

_SUFFIX = ".arrows"
_END_MARK_BYTES = 8
_FULL = {28, 27, 122}  # ENOSPC, EFBIG, EDQUOT


@dataclass(frozen=True)
class Note:
    """What a pull says beside its rows: where the next one goes on, and how far it has told."""

    cursor: str
    polled_at: datetime
    complete_to: datetime | None


@dataclass(frozen=True)
class Segment:
    """What is whole in one segment: the rows of all its pulls, in order, and the last note."""

    name: str
    path: Path
    rows: pl.DataFrame
    note: Note


@dataclass
class SpoolWriter:
    """The one writer of a feed's folder; a segment begins with the first `append` after `roll`."""

    folder: Path
    _file: _OpenSegment | None = field(default=None, init=False)

    def append(self, rows: pl.DataFrame, note: Note) -> None:
        """Keep one pull; it is on the disk when this returns. `rows` may be empty.

        Raises:
            WorkspaceError: no space left, or the folder cannot be written; nothing was kept.

        """
        try:
            if self._file is None:
                self._file = _OpenSegment.begin(self.folder, rows)
            self._file.append(rows, note)
        except OSError as error:
            self.roll()
            said = "no space left; free some" if error.errno in _FULL else error.strerror
            raise WorkspaceError(f"{self.folder}: cannot be written: {said}") from error

    def roll(self) -> None:
        """End the segment: what was appended so far may land, the next append begins a new one."""
        if self._file is not None:
            self._file.close()
            self._file = None


class _OpenSegment:
    def __init__(self, descriptor: int, schema: pa.Schema) -> None:
        self._descriptor = descriptor
        self._schema = schema

    @classmethod
    def begin(cls, folder: Path, rows: pl.DataFrame) -> _OpenSegment:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{_next_number(folder):012}-{uuid.uuid4().hex[:8]}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        opened = cls(os.open(folder / name, flags, 0o644), _table(rows).schema)
        try:
            opened._write(opened._schema.serialize().to_pybytes())
            _sync_folder(folder)
        except OSError:
            # While the disk is full every pull comes here: it must leave nothing open or behind.
            opened.close()
            (folder / name).unlink(missing_ok=True)
            raise
        return opened

    def append(self, rows: pl.DataFrame, note: Note) -> None:
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        told = {
            "cursor": note.cursor,
            "polled_at": note.polled_at.isoformat(),
            "complete_to": note.complete_to.isoformat() if note.complete_to else "",
        }
        table = _table(rows).combine_chunks()
        batches = table.to_batches() or [pa.RecordBatch.from_pylist([], self._schema)]
        with pa.ipc.new_stream(sink, self._schema) as stream:
            stream.write_batch(batches[0], custom_metadata={"note": json.dumps(told)})
        # Neither the schema, which stands at the segment's head, nor the mark that ends a stream.
        head = self._schema.serialize().size
        self._write(sink.getvalue().to_pybytes()[head:-_END_MARK_BYTES])

    def _write(self, content: bytes) -> None:
        """Bring all of it to the disk or take back what was written: it is asked for again."""
        size = os.fstat(self._descriptor).st_size
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(self._descriptor, view) :]
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise

    def close(self) -> None:
        os.close(self._descriptor)


def segment_paths(workspace: Workspace, feed: str) -> list[Path]:
    """Return a feed's segments, oldest first; the last may still be written."""
    return sorted(spool_folder(workspace, feed).glob(f"*{_SUFFIX}"))


def spool_folder(workspace: Workspace, feed: str) -> Path:
    """Where a feed's segments are."""
    return workspace.root / "spool" / feed


def read_segment(path: Path) -> Segment | None:
    """Return what is whole in a segment; None where nothing is, or where it has landed and gone."""
    import pyarrow as pa

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    batches = list(_whole_batches(content))
    if not batches:
        return None
    table = pa.Table.from_batches([batch for batch, _ in batches])
    rows = pl.DataFrame(table)
    return Segment(path.stem, path, rows, _note(batches[-1][1]))


def remove_segment(path: Path) -> None:
    """Remove a segment that has landed."""
    path.unlink(missing_ok=True)


def _whole_batches(content: bytes) -> Iterator[tuple[pa.RecordBatch, str]]:
    import pyarrow as pa

    try:
        reader = pa.ipc.open_stream(content)
        while True:
            batch, metadata = reader.read_next_batch_with_custom_metadata()
            if batch is None or metadata is None:
                return
            yield batch, metadata[b"note"].decode()
    except (StopIteration, EOFError, pa.ArrowInvalid, OSError):
        return


def _note(text: str) -> Note:
    told = json.loads(text)
    complete_to = told["complete_to"]
    return Note(
        cursor=told["cursor"],
        polled_at=datetime.fromisoformat(told["polled_at"]),
        complete_to=datetime.fromisoformat(complete_to) if complete_to else None,
    )


def _table(rows: pl.DataFrame) -> pa.Table:
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _next_number(folder: Path) -> int:
    numbers = [int(path.name.partition("-")[0]) for path in folder.glob(f"*{_SUFFIX}")]
    return max(numbers, default=0) + 1


def _sync_folder(folder: Path) -> None:
    for entry in (folder, folder.parent):
        descriptor = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
