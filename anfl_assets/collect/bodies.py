"""Rows in quarantine read again from what is kept of them: the JSON text that is their `body`.

A body is one of four things: a source row as it is after `shape`; a JSON record as it was before;
{"text": …} where a record could not be split; or canonical columns, where the mapping had worked
and an expectation refused the row. Pure; what may be read again at all is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import Any

import polars as pl

from anfl_assets.collect.batch import BODY, LINE, Batch
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.feed import Feed, Format
from anfl_assets.collect.formats.access_log import access_log_rows, extra_count
from anfl_assets.collect.formats.header import optional_columns
from anfl_assets.collect.formats.json_values import ABSENT, as_text, at, decode
from anfl_assets.collect.shape.mask import Mask
from anfl_assets.collect.shape.step import Origin, shaped
from anfl_assets.errors import SourceError

_TEXT = "text"
UNSPLIT = "its text could not be split into columns, and only its whole file says how"
UNSHAPED = "its record gives several rows, or rows that depend on the ones before"
TYPED_KEY = "its key was computed from typed columns, which are not kept as they were"


@dataclass(frozen=True)
class Kept:
    """One row in quarantine: its `id`, the path of its load, and its body."""

    id: int
    path: str
    body: str


class _Kind(Enum):
    SHAPED = auto()
    RECORD = auto()
    LINE = auto()


_Record = tuple[Kept, dict[str, Any]]


@dataclass(frozen=True)
class Reread:
    """Source rows again, LINE being their ids, and why others cannot be: {id: reason}."""

    batches: tuple[Batch, ...]
    unusable: Mapping[int, str]


def source_rows(feed: Feed, kept: Iterable[Kept]) -> Reread:
    """Return the rows as the feed's reader and shape would hand them to the mapping."""
    sorted_out: dict[_Kind, list[_Record]] = {kind: [] for kind in _Kind}
    unusable: dict[int, str] = {}
    needed = feed.needed
    for row in kept:
        record = decode(row.body)
        kind = _kind(feed, row, record, needed)
        if isinstance(kind, _Kind):
            sorted_out[kind].append((row, record))
        else:
            unusable[row.id] = kind
    batches = [
        _masked(feed, sorted_out[_Kind.SHAPED]),
        *_split_lines(feed, sorted_out[_Kind.LINE]),
    ]
    for path, group in groupby(sorted_out[_Kind.RECORD], key=lambda each: each[0].path):
        shaped_again, lost = _shaped(feed, path, list(group))
        batches += shaped_again
        unusable |= lost
    return Reread(tuple(batches), unusable)


def is_canonical(feed: Feed, body: str) -> bool:
    """Whether a body has exactly the canonical columns of the feed's table."""
    record = decode(body)
    return isinstance(record, dict) and record.keys() == feed.table.schema.keys()


def canonical_rows(feed: Feed, kept: Sequence[Kept]) -> pl.DataFrame:
    """Return bodies that are canonical rows as such; `line` is their id, `row_key` null."""
    texts = pl.Series("body", [row.body for row in kept], pl.String)
    rows = texts.str.json_decode(pl.Struct(dict(feed.table.schema))).struct.unnest()
    return rows.with_columns(
        line=pl.Series([row.id for row in kept], dtype=pl.Int64), row_key=pl.lit(None, pl.String)
    )


def _kind(feed: Feed, row: Kept, record: dict[str, Any], needed: Sequence[str]) -> _Kind | str:
    """Return what a body is, or why it is of no use."""
    form = _form(feed, row.path)
    if feed.key and form is Format.PARQUET:
        return TYPED_KEY
    if len(record) == 1 and _TEXT in record and set(feed.read) != {_TEXT}:
        return _Kind.LINE if form is Format.ACCESS_LOG else UNSPLIT
    missing = _missing(feed, record, needed)
    if not missing:
        return _Kind.SHAPED
    if feed.shape and not _missing(feed, record, feed.read):
        return _Kind.RECORD
    return f"columns the feed reads are not kept of it: {', '.join(missing)}"


def _form(feed: Feed, path: str) -> Format | None:
    if feed.format is None and path.lower().endswith(".parquet"):
        return Format.PARQUET
    return feed.format


def _missing(feed: Feed, record: dict[str, Any], names: Sequence[str]) -> list[str]:
    """Return the columns a record lacks, those that may be left out not counted."""
    absent = [name for name in names if at(record, name, tuple(name.split("."))) is ABSENT]
    return [name for name in absent if name not in optional_columns(feed)]


def _masked(feed: Feed, rows: Sequence[_Record]) -> Batch:
    """Mask rows as the feed now says: they may have been refused before it said so.

    Masking what is masked changes nothing; of the other steps that is not so.
    """
    masks = tuple(step for step in feed.shape if isinstance(step, Mask))
    names = dict.fromkeys((*feed.needed, *(name for mask in masks for name in mask.columns)))
    return shaped(masks, _batch(tuple(names), rows), Origin(""))


def _batch(names: Sequence[str], rows: Sequence[_Record]) -> Batch:
    paths = {name: tuple(name.split(".")) for name in names}
    columns = {
        name: pl.Series(name, [as_text(at(record, name, path)) for _, record in rows], pl.String)
        for name, path in paths.items()
    }
    return _with_ids(columns, [row for row, _ in rows])


def _with_ids(columns: dict[str, pl.Series], kept: Sequence[Kept]) -> Batch:
    ids = pl.Series(LINE, [row.id for row in kept], pl.Int64)
    bodies = pl.Series(BODY, [row.body for row in kept], pl.String)
    return Batch(pl.DataFrame([*columns.values(), ids, bodies]), pl.DataFrame(schema=REJECTS))


def _split_lines(feed: Feed, lines: Sequence[_Record]) -> list[Batch]:
    if not lines:
        return []
    texts = pl.Series("text", [record[_TEXT] for _, record in lines], pl.String)
    batch = access_log_rows(texts, 0, extras=extra_count(feed.read))
    ids = pl.Series([row.id for row, _ in lines], dtype=pl.Int64)
    again = Batch(
        batch.rows.with_columns(ids.gather(batch.rows[LINE]).alias(LINE)),
        batch.rejects.with_columns(ids.gather(batch.rejects["line"]).alias("line")),
    )
    return [shaped(feed.shape, again, Origin(lines[0][0].path))]


def _shaped(
    feed: Feed, path: str, rows: Sequence[_Record]
) -> tuple[tuple[Batch, ...], dict[int, str]]:
    """Shape records again; only where each gives one row is it sure to be the refused one."""
    keys = dict.fromkeys(key for _, record in rows for key in record) if feed.reads_all else {}
    origin = Origin(path)
    try:
        batch = shaped(feed.shape, _batch(tuple(keys) or feed.read, rows), origin)
    except SourceError as error:
        return (), dict.fromkeys((row.id for row, _ in rows), str(error))
    counts = dict(batch.rows[LINE].value_counts().iter_rows())
    known = set(batch.rejects["line"])
    lost = [
        row.id
        for row, _ in rows
        if origin.carry or (counts.get(row.id, 0) != 1 and row.id not in known)
    ]
    kept = Batch(
        batch.rows.filter(~pl.col(LINE).is_in(lost)),
        batch.rejects.filter(~pl.col("line").is_in(lost)),
    )
    return (kept,), dict.fromkeys(lost, UNSHAPED)
