"""A query's answer as a file: CSV, safe in a spreadsheet, or Parquet; piece by piece.

A spreadsheet takes text that begins with =, +, - or @ for a formula; such text is given a leading
apostrophe. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from threading import Event

    from duckdb import DuckDBPyRelation
    from pyarrow import RecordBatch, RecordBatchReader

_ROWS_A_PIECE = 50_000
# Also after what a spreadsheet skips at the beginning of a cell.
_FORMULA = r"^[\s\x00]*[=+\-@|]|^[\t\r\n]"


def csv_file(query: DuckDBPyRelation, *, until: Event) -> Path:
    """Write a query's rows as CSV with a header to a file; whoever sends it removes it.

    UTF-8; times are ISO 8601 in UTC.

    Raises:
        Abandoned: nobody waits for it any more: `until` was set.
    """
    reader = query.to_arrow_reader(_ROWS_A_PIECE)
    with _kept_when_whole(".csv") as file:
        file.write(csv_of(pl.DataFrame(reader.schema.empty_table()), has_header=True))
        for batch in _while_wanted(reader, until):
            file.write(csv_of(pl.DataFrame(batch), has_header=False))
    return Path(file.name)


def parquet_file(query: DuckDBPyRelation, *, until: Event) -> Path:
    """Write a query's rows to a Parquet file; whoever sends it removes it.

    Raises:
        Abandoned: nobody waits for it any more: `until` was set.
    """
    import pyarrow.parquet as pq

    reader = query.to_arrow_reader(_ROWS_A_PIECE)
    with _kept_when_whole(".parquet") as file, pq.ParquetWriter(file, reader.schema) as writer:
        for batch in _while_wanted(reader, until):
            writer.write_batch(batch)
    return Path(file.name)


class Abandoned(Exception):
    """Nobody waits for a file any more."""


def _while_wanted(reader: RecordBatchReader, until: Event) -> Iterator[RecordBatch]:
    for batch in reader:
        if until.is_set():
            raise Abandoned
        yield batch


@contextmanager
def _kept_when_whole(suffix: str) -> Iterator[IO[bytes]]:
    """Yield a new file that is removed again unless all was written to it."""
    with tempfile.NamedTemporaryFile(prefix="anfl-", suffix=suffix, delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def csv_of(frame: pl.DataFrame, *, has_header: bool) -> bytes:
    """Return rows as CSV in which no text is a formula to a spreadsheet."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(_safe(pl.col(name)).alias(name) for name in texts)
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    flat = safe.with_columns(_as_json(name) for name in nested)
    return flat.write_csv(
        include_header=has_header, datetime_format="%Y-%m-%dT%H:%M:%S%.fZ"
    ).encode()


def _safe(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + text).otherwise(text)


def _as_json(name: str) -> pl.Expr:
    """Write a list or a structure as JSON: Polars does so for structures alone."""
    whole = pl.struct(pl.col(name).alias("x")).struct.json_encode()
    inner = whole.str.strip_prefix('{"x":').str.strip_suffix("}")
    return pl.when(pl.col(name).is_not_null()).then(inner).alias(name)
