"""What reading one file gives: canonical rows, rejects with reasons, and the counts.

`received = rows + rejects` always; rows dropped by `where` were never asked for and are counted
apart as `filtered`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from anfl_assets.frames import TABLES

# `line` is the file's line a row begins on (CSV, TSV, JSON Lines) or its ordinal from 1 (JSON,
# Parquet). `body` is JSON text: the source row, or {"text": raw line} when it could not be split.
REJECTS = pl.Schema(
    {"line": pl.Int64(), "rule": pl.String(), "reason": pl.String(), "body": pl.String()},
)


def rows_schema(entity: str) -> pl.Schema:
    """Canonical columns, then `line` and `row_key` (null where the feed has no key)."""
    return pl.Schema({**TABLES[entity].schema, "line": pl.Int64(), "row_key": pl.String()})


@dataclass(frozen=True)
class Collected:
    """One file, read.

    `rows`: rows_schema(entity), in file order. `rejects`: REJECTS, one row per rejected record.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    received: int
    filtered: int
