"""The hash of a feed's de-duplication key, the same for the same key in every file and load."""

from __future__ import annotations

import hashlib

import duckdb
import polars as pl

from anfl_assets.collect.feed import Feed

_SEPARATOR = "\x1f"
_NULL = "\x00"
# Below, a loop is done before DuckDB has opened: what is polled comes in a few rows at a time.
_FEW_ROWS = 5_000


def row_keys(feed: Feed, source: pl.DataFrame) -> pl.Series:
    """Return `row_key`: md5 of the feed's name and the key columns' texts; null without a key."""
    if not feed.key:
        return pl.repeat(None, source.height, dtype=pl.String, eager=True).alias("row_key")
    parts = [pl.lit(feed.name), *(pl.col(name).cast(pl.String) for name in feed.key)]
    keys = source.select(
        pl.concat_str([part.fill_null(_NULL) for part in parts], separator=_SEPARATOR).alias("key"),
    )
    if keys.height < _FEW_ROWS:
        texts = keys["key"].to_list()
        hashed_texts = [
            hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts
        ]
        return pl.Series("row_key", hashed_texts, pl.String)
    # DuckDB hashes a column in one go, six times faster than a loop over hashlib.
    with duckdb.connect() as connection:
        connection.register("keys", keys.to_arrow(compat_level=pl.CompatLevel.newest()))
        hashed = connection.sql("select md5(key) as row_key from keys").to_arrow_table()
    return pl.DataFrame(hashed).to_series()
