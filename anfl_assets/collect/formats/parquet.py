"""Parquet: source columns keep the types the file gives them.

A column is a name or a dotted path into a struct. The row's number in the file stands for a line.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.discover import FoundFile, opened
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.header import require_columns
from anfl_assets.errors import SourceError

_BATCH = 500_000


def read_parquet(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's rows.

    Raises:
        SourceError: no Parquet file, cut short, or a column is missing.
        SourceUnavailable: still being written or gone.

    """
    with opened(found):
        if found.size == 0:
            return
        try:
            yield from _slices(feed, found)
        except (pl.exceptions.PolarsError, OSError) as error:
            msg = f"{found.relative}: not a readable Parquet file: {error}"
            raise SourceError(msg) from error


def _slices(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    stored = pl.scan_parquet(found.path, glob=False)
    empty = _flat(stored.head(0).collect(), feed)
    require_columns(feed, empty.columns, where=found.relative)
    height = stored.select(pl.len()).collect().item()
    for first in range(0, height, _BATCH):
        rows = _flat(stored.slice(first, _BATCH).collect(), feed)
        lines = pl.int_range(first + 1, first + rows.height + 1, dtype=pl.Int64, eager=True)
        yield Batch(rows.with_columns(lines.alias(LINE)), unsplit_frame([]))


def _flat(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Add a column for each dotted path that leads into a struct; text for categories."""
    rows = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for name in feed.read:
        if name not in rows.columns and (path := _struct_path(rows, name)) is not None:
            rows = rows.with_columns(path.alias(name))
    return rows


def _struct_path(rows: pl.DataFrame, name: str) -> pl.Expr | None:
    outer, *inner = name.split(".")
    if not inner or outer not in rows.columns:
        return None
    path = pl.col(outer)
    fields = rows.select(path).schema[outer]
    for key in inner:
        inside = {field.name: field.dtype for field in getattr(fields, "fields", ())}
        if key not in inside:
            return None
        path, fields = path.struct.field(key), inside[key]
    return path
