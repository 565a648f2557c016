"""Rows that no page can hold: without a cursor value, or one in the future.

They are told once. A row that later gets its value, or whose time comes, is read like any other.
"""

from __future__ import annotations

import polars as pl

from anfl_assets.collect.connect.sql_database import Database
from anfl_assets.collect.connect.sql_seen import Place, digests
from anfl_assets.collect.connect.sql_select import Paging

# The others of a thousand and more such rows are alike; the thousand say what is wrong.
_MOST = 1_000


def refused_rows(
    database: Database, paging: Paging, place: Place
) -> tuple[pl.DataFrame, frozenset[bytes]]:
    """Return REJECTS for those not told before, and the digests of all there are."""
    rows = database.read(*paging.beyond(_MOST))
    names = paging.selected.names
    found = digests(rows, place.columns or names)
    told = frozenset(digests(rows, names))
    new = rows.filter(pl.Series([digest not in place.told for digest in found], dtype=pl.Boolean))
    return _rejects(new, paging.cursor.name), told


def _rejects(rows: pl.DataFrame, cursor: str) -> pl.DataFrame:
    value = pl.col(cursor)
    is_null = value.is_null()
    later = pl.format(
        '{}: "{}" is in the future; the row is handed on when its time comes',
        pl.lit(cursor),
        value,
    )
    missing = f"{cursor}: no value, so the row cannot be told from those read before"
    return rows.select(pl.all().cast(pl.String)).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"),
        pl.when(is_null)
        .then(pl.lit("no_cursor_value"))
        .otherwise(pl.lit("future_time"))
        .alias("rule"),
        pl.when(is_null).then(pl.lit(missing)).otherwise(later).alias("reason"),
        pl.struct(pl.all()).struct.json_encode().alias("body"),
    )
