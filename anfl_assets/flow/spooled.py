"""What a spooled row looks like: a canonical row that may land, or a refused one with its reasons.

One frame for both, so that a pull is one record batch: a row whose `rule` is null kept to the row
rules of its expectation suite; one with a `rule` was refused, and its `body` is the source row as
JSON. Pure; the collector writes such frames, landing and the live path read them.
"""

from __future__ import annotations

import polars as pl

from anfl_assets.collect.collected import REJECTS, rows_schema

_REFUSAL = ("rule", "reason", "body")


def spooled_schema(entity: str) -> pl.Schema:
    """Return `rows_schema(entity)`, then `rule`, `reason` and `body`; any may be null."""
    return pl.Schema({**rows_schema(entity), **{name: pl.String() for name in _REFUSAL}})


def spooled(entity: str, rows: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Return good `rows` (`rows_schema`) and `refused` ones (REJECTS) as one `spooled_schema`."""
    if refused.is_empty():
        return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in _REFUSAL)
    empty = pl.DataFrame(schema=spooled_schema(entity))
    return pl.concat([empty, rows, refused], how="diagonal", rechunk=True)


def good_rows(segment_rows: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Return the rows that may land, as `rows_schema(entity)`."""
    schema = rows_schema(entity)
    return segment_rows.filter(pl.col("rule").is_null()).select(schema.names()).cast(schema)


def refused_rows(segment_rows: pl.DataFrame) -> pl.DataFrame:
    """Return the refused rows, as REJECTS."""
    return segment_rows.filter(pl.col("rule").is_not_null()).select(REJECTS.names())
