"""One source column turned into one canonical column, with every value that would not go.

The conversions return a `Cast`; a failed value is null in `values` and named in `failures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

FAILURES = pl.Schema({"row": pl.UInt32(), "rule": pl.String(), "reason": pl.String()})
_SHOWN = 60


@dataclass(frozen=True)
class Cast:
    """Converted values in source order, and the rows (by position) that could not be converted."""

    values: pl.Series
    failures: tuple[pl.DataFrame, ...] = ()


def failures(source: pl.Series, failed: pl.Series, rule: str, complaint: str) -> pl.DataFrame:
    """Return FAILURES for the rows where `failed` is true: `column: "value" complaint`."""
    rows = failed.fill_null(value=False).arg_true()
    shown = source.gather(rows).cast(pl.String).str.slice(0, _SHOWN)
    reason = pl.format('{}: "{}" {}', pl.lit(source.name), pl.col("shown"), pl.lit(complaint))
    frame = pl.DataFrame({"row": rows, "shown": shown.fill_null("null")})
    return frame.select("row", pl.lit(rule).alias("rule"), reason.alias("reason"))


def cast_or_fail(source: pl.Series, values: pl.Series, rule: str, complaint: str) -> Cast:
    """Return the values; where the source has one and the values have none, that row failed."""
    if values.null_count() == source.null_count():
        return Cast(values)
    failed = values.is_null() & source.is_not_null()
    return Cast(values, (failures(source, failed, rule, complaint),))


def retried(values: pl.Series, source: pl.Series, attempt: pl.Series) -> pl.Series:
    """Fill nulls of `values` from `attempt`, which converted the still failing part of `source`."""
    rows = (values.is_null() & source.is_not_null()).arg_true()
    return values if attempt.null_count() == len(attempt) else values.scatter(rows, attempt)


def unconverted(values: pl.Series, source: pl.Series) -> pl.Series:
    """Return the source values that have no converted value yet."""
    if values.null_count() == source.null_count():
        return source.clear()
    return source.filter(values.is_null() & source.is_not_null())


def merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return one row per failing row: its first rule, all its reasons joined by `; `."""
    if not parts:
        return pl.DataFrame(schema=FAILURES)
    return (
        pl.concat(parts)
        .group_by("row", maintain_order=True)
        .agg(pl.col("rule").first(), pl.col("reason").unique(maintain_order=True).str.join("; "))
        .sort("row")
    )
