"""Delta tables: what is read from them and the ways to write one, each one commit.

A reader takes the exact file list of one version, never a folder: a glob over files somebody
writes sees half of a commit. Tables with a `month` column are partitioned by it (a partition per
day would be a file per day for years); a day is found by the `date` statistics of the commit log.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from anfl_assets.errors import LandingError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from arro3.core import RecordBatchReader
    from deltalake import DeltaTable

PARTITION = "month"
_FULL = ("No space left on device", "os error 28", "os error 27", "Disk quota exceeded")
# Small enough that a reader of one day skips most of a month's file by row-group statistics.
_ROW_GROUP = 262_144
_SLICE_ROWS = 65_536


def open_table(path: Path, *, version: int | None = None) -> DeltaTable | None:
    """Open the table at its latest or the given version; None where nothing was ever written."""
    from deltalake import DeltaTable

    if not (path / "_delta_log").is_dir() or not DeltaTable.is_deltatable(str(path)):
        return None
    return DeltaTable(path, version=version)


def version(path: Path) -> int | None:
    """Version of the latest commit; None where there is no table."""
    table = open_table(path)
    return None if table is None else table.version()


def files(
    path: Path, dates: Collection[date] | None = None, *, version: int | None = None
) -> list[str]:
    """Absolute paths of one version's files, only those that may hold one of `dates`.

    A file without statistics of `date` is always listed.
    """
    table = open_table(path, version=version)
    if table is None:
        return []
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    if dates is not None and "min.date" in actions.columns:
        actions = actions.filter(_may_hold(dates))
    return [str(path / name) for name in actions["path"]]


def file_sizes(path: Path) -> dict[str, int]:
    """Return the newest version's files, absolute, with their sizes in bytes."""
    table = open_table(path)
    if table is None:
        return {}
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    return {str(path / name): size for name, size in actions["path", "size_bytes"].iter_rows()}


def files_since(path: Path, column: str, moment: datetime) -> list[str]:
    """Absolute paths of the latest version's files that may hold `column` at or after `moment`."""
    table = open_table(path)
    if table is None:
        return []
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    latest = f"max.{column}"
    if latest in actions.columns:
        moments = pl.col(latest).cast(pl.Datetime("us", "UTC"))
        # Delta keeps milliseconds only, cut off.
        since = moment - timedelta(milliseconds=1)
        actions = actions.filter((moments >= since).fill_null(value=True))
    return [str(path / name) for name in actions["path"]]


def scan(
    path: Path, dates: Collection[date] | None = None, *, version: int | None = None
) -> pl.LazyFrame | None:
    """Read lazily the rows of one version (of `dates` only); None where there is no table.

    Frame: the table's columns in their order; empty where no file holds one of `dates`.
    """
    table = open_table(path, version=version)
    if table is None:
        return None
    empty = _empty(table)
    found = files(path, dates, version=table.version())
    if not found:
        return empty.lazy()
    frame = pl.scan_parquet(
        found,
        hive_partitioning=PARTITION in empty.columns,
        hive_schema={PARTITION: pl.Date()} if PARTITION in empty.columns else None,
    ).select(empty.columns)
    return frame if dates is None else frame.filter(pl.col("date").is_in(list(dates)))


def read(
    path: Path, dates: Collection[date] | None = None, *, version: int | None = None
) -> pl.DataFrame | None:
    """Read the rows of one version (of `dates` only); None where there is no table."""
    frame = scan(path, dates, version=version)
    return None if frame is None else frame.collect()


@dataclass(frozen=True)
class Stream:
    """Rows on their way to a table, frame by frame: what is written need not be held whole."""

    schema: pl.Schema
    frames: Iterable[pl.DataFrame]


def append(path: Path, rows: pl.DataFrame | Stream, *, metadata: Mapping[str, str]) -> int:
    """Add rows; return the commit's version. The table is made where it is missing.

    Raises:
        WorkspaceError: no space left.
        LandingError: the commit failed for another reason; nothing of it is visible.
    """
    return _commit(path, rows, {"mode": "append"}, metadata)


def replace_dates(
    path: Path, rows: pl.DataFrame, *, dates: Collection[date], metadata: Mapping[str, str]
) -> int:
    """Put `rows` in the place of everything on `dates`, in one commit; return its version.

    Each row's `date` must be one of `dates`; a date without rows is emptied. Raises as `append`.
    """
    if version(path) is None or not dates:
        return append(path, rows, metadata=metadata)
    return _commit(path, rows, {"mode": "overwrite", "predicate": _any_of(dates)}, metadata)


def overwrite(path: Path, rows: pl.DataFrame | Stream, *, metadata: Mapping[str, str]) -> int:
    """Put `rows` in the place of the whole table; its columns may change. Raises as `append`."""
    return _commit(path, rows, {"mode": "overwrite", "schema_mode": "overwrite"}, metadata)


def restore(path: Path, to_version: int) -> None:
    """Make the rows of an earlier version those of the newest; its files must still be there.

    Raises:
        WorkspaceError: no space left.
        LandingError: the commit failed; the newest version stays.
    """
    table = open_table(path)
    if table is None or table.version() == to_version:
        return
    with _explained(path):
        table.restore(to_version)
        _sync(path, table.version())


def find_commit(path: Path, key: str, value: str | None = None) -> dict[str, Any] | None:
    """Newest commit whose metadata has `key` (equal to `value` where given); None if there is none.

    The entry is Delta's own: `version`, `timestamp`, `operation` and the custom metadata.
    """
    table = open_table(path)
    if table is None:
        return None
    for entry in table.history():
        if key in entry and (value is None or entry[key] == value):
            return dict(entry)
    return None


def compact(path: Path, *, metadata: Mapping[str, str], below_bytes: int | None = None) -> int:
    """Merge small files of each partition into larger ones; return how many went.

    Files of `below_bytes` and more are left as they are (None: of delta-rs' own 100 MiB). Readers
    of an older version are not disturbed: their files stay until `vacuum`.
    """
    table = open_table(path)
    if table is None:
        return 0
    with _explained(path):
        done = table.optimize.compact(
            target_size=below_bytes, commit_properties=_properties(metadata)
        )
        _sync(path, table.version())
    return int(done["numFilesRemoved"])


def vacuum(path: Path, *, retention_h: int) -> int:
    """Remove files no version younger than `retention_h` refers to; return how many went.

    `retention_h` must be longer than the longest reader reads.
    """
    table = open_table(path)
    if table is None:
        return 0
    removed = table.vacuum(
        retention_hours=retention_h, dry_run=False, enforce_retention_duration=False
    )
    return len(removed)


def shorten_log(path: Path, *, keep_h: int) -> None:
    """Begin the table's log anew with a checkpoint; entries older than `keep_h` go.

    Files that left are remembered in checkpoints for twice as long, so that `vacuum` finds them.
    """
    table = open_table(path)
    if table is None:
        return
    wanted = {
        "delta.logRetentionDuration": f"interval {keep_h} hours",
        "delta.deletedFileRetentionDuration": f"interval {2 * keep_h} hours",
    }
    with _explained(path):
        if not wanted.items() <= table.metadata().configuration.items():
            table.alter.set_table_properties(wanted)
        table.create_checkpoint()
        table.cleanup_metadata()


def _commit(
    path: Path, rows: pl.DataFrame | Stream, how: dict[str, Any], metadata: Mapping[str, str]
) -> int:
    from deltalake import DeltaTable, WriterProperties, write_deltalake

    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)
        write_deltalake(
            path,
            _reader(rows),
            partition_by=[PARTITION] if PARTITION in rows.schema else None,
            writer_properties=WriterProperties(
                compression="ZSTD", compression_level=1, max_row_group_size=_ROW_GROUP
            ),
            commit_properties=_properties(metadata),
            **how,
        )
        table = DeltaTable(path)
        _sync(path, table.version())
    return table.version()


def _reader(rows: pl.DataFrame | Stream) -> RecordBatchReader:
    """Hand rows over in slices: given a frame whole, delta-rs copies it several times."""
    from arro3.core import RecordBatchReader, Table

    if isinstance(rows, pl.DataFrame):
        rows = Stream(rows.schema, rows.iter_slices(_SLICE_ROWS))
    frames = rows.frames
    return RecordBatchReader.from_batches(
        Table.from_arrow(pl.DataFrame(schema=rows.schema)).schema,
        (batch for frame in frames for batch in Table.from_arrow(frame).to_batches()),
    )


def _properties(metadata: Mapping[str, str]) -> Any:  # noqa: ANN401 - deltalake's own type
    from deltalake import CommitProperties

    return CommitProperties(custom_metadata=dict(metadata))


def _sync(path: Path, committed: int) -> None:
    """Bring the commit to the disk: delta-rs leaves that to the operating system."""
    import json

    log = path / "_delta_log" / f"{committed:020}.json"
    # As bytes: in a text, what a row says (statistics name it) may break a line, such as U+2028.
    actions = [json.loads(line) for line in log.read_bytes().splitlines()]
    added = [path / action["add"]["path"] for action in actions if "add" in action]
    folders = {entry.parent for entry in (*added, log)}
    for entry in (*added, log, *folders):
        descriptor = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _may_hold(dates: Collection[date]) -> pl.Expr:
    wanted = pl.Series("wanted", sorted(dates), dtype=pl.Date)
    low, high = pl.col("min.date"), pl.col("max.date")
    if wanted.is_empty():
        return pl.lit(value=False)
    # The first wanted date at or after the file's first: inside the file or in a gap beyond it.
    position = pl.lit(wanted).search_sorted(low).clip(upper_bound=len(wanted) - 1)
    candidate = pl.lit(wanted).gather(position)
    return (candidate.is_between(low, high)).fill_null(value=True)


def _any_of(dates: Collection[date]) -> str:
    """Say `dates` as SQL, a run of days as one range: the text is kept in the commit log."""
    runs: list[list[date]] = []
    for day in sorted(set(dates)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return " or ".join(f"date between '{first}' and '{last}'" for first, last in runs)


def _empty(table: DeltaTable) -> pl.DataFrame:
    return pl.DataFrame(schema=pl.Schema(table.schema().to_arrow()))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, OSError) as error:
        text = str(error)
        if getattr(error, "errno", None) in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT} or any(
            sign in text for sign in _FULL
        ):
            message = f"{path}: no space left for this table; free some and run again"
            raise WorkspaceError(message) from error
        message = f"{path}: could not be written: {text}"
        raise LandingError(message) from error
