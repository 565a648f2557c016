"""Parquet: source columns keep the types the file gives them.

A column is a name or a dotted path into a struct. The row's number in the file stands for a line.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.discover import FoundFile, opened
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.header import require_columns
from anfl_assets.errors import SourceError

_BATCH = 500_000


def read_parquet(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's rows.

    Raises:
        SourceError: no Parquet file, cut short, or a column is missing.
        SourceUnavailable: still being written or gone.

    """
    with opened(found) as file:
        if found.size == 0:
            return
        try:
            parquet = pq.ParquetFile(file)
            first = 1
            for batch in parquet.iter_batches(batch_size=_BATCH):
                rows = _flat(pl.DataFrame(pa.Table.from_batches([batch])), feed)
                require_columns(feed, rows.columns, where=found.relative)
                lines = pl.int_range(first, first + rows.height, dtype=pl.Int64, eager=True)
                yield Batch(rows.with_columns(lines.alias(LINE)), unsplit_frame([]))
                first += rows.height
            if first == 1:
                require_columns(feed, parquet.schema_arrow.names, where=found.relative)
        except (pa.ArrowInvalid, OSError) as error:
            msg = f"{found.relative}: not a readable Parquet file: {error}"
            raise SourceError(msg) from error


def _flat(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Add a column for each dotted path that leads into a struct; text for categories."""
    rows = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for name in feed.needed:
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
