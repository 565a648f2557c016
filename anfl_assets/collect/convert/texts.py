"""Texts, truth values, look-ups and lists of whole numbers.

A look-up (`values`, `match`) that has no answer for a value is a failure: a status nobody
foresaw must be seen, not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.collect.convert.casting import Cast, cast_or_fail

if TYPE_CHECKING:
    from anfl_assets.collect.columns.expressions import Read

_TRUTH = {"true": True, "false": False, "1": True, "0": False}
_LIST = r"^\s*\[\s*(-?\d+\s*(,\s*-?\d+\s*)*)?\]\s*$"


def to_texts(source: pl.Series) -> Cast:
    """Return the column as text; nested values as JSON."""
    if isinstance(source.dtype, pl.Struct):
        return Cast(source.struct.json_encode())
    if isinstance(source.dtype, (pl.List, pl.Array)):
        wrapped = source.to_frame("items").select(pl.struct("items").struct.json_encode())
        inner = wrapped.to_series().str.slice(len('{"items":')).str.head(-1)
        return Cast(inner.set(source.is_null(), None))
    return Cast(source.cast(pl.String))


def to_truth(source: pl.Series) -> Cast:
    """Convert true, false, 1, 0 (any case) to booleans; other words need `values`."""
    if source.dtype == pl.Boolean:
        return Cast(source)
    texts = source.cast(pl.String).str.to_lowercase()
    values = texts.replace_strict(
        list(_TRUTH),
        list(_TRUTH.values()),
        default=None,
        return_dtype=pl.Boolean,
    )
    complaint = "is neither true nor false: give the column `values`"
    return cast_or_fail(source, values, "not_a_truth_value", complaint)


def look_up(source: pl.Series, read: Read, dtype: pl.DataType) -> Cast:
    """Return the answers of `values` or `match` for each text, of type `dtype`."""
    texts = source.cast(pl.String)
    distinct = texts.unique().drop_nulls()
    answers = _listed(distinct, read, dtype) if read.values else _matched(distinct, read, dtype)
    values = texts.replace_strict(distinct, answers, default=None, return_dtype=dtype)
    return cast_or_fail(source, values, "unknown_value", "is not foreseen by the feed's mapping")


def _listed(distinct: pl.Series, read: Read, dtype: pl.DataType) -> pl.Series:
    texts = [text for text, _ in read.values]
    answers = pl.Series([answer for _, answer in read.values]).cast(dtype)
    return distinct.replace_strict(texts, answers, default=None, return_dtype=dtype)


def _matched(distinct: pl.Series, read: Read, dtype: pl.DataType) -> pl.Series:
    chosen = pl.lit(None, dtype=dtype)
    for pattern, answer in reversed(read.match):
        found = pl.col("text").str.contains(pattern)
        chosen = pl.when(found).then(pl.lit(answer).cast(dtype)).otherwise(chosen)
    return pl.DataFrame({"text": distinct}).select(chosen.alias("answer")).to_series()


def to_lists(source: pl.Series, dtype: pl.List) -> Cast:
    """Convert `[1, 2]` texts or typed lists to lists of whole numbers."""
    if isinstance(source.dtype, (pl.List, pl.Array)):
        texts, items = to_texts(source).values, source.cast(pl.List(source.dtype.inner))
    else:
        texts = source.cast(pl.String)
        is_list = texts.str.contains(_LIST).fill_null(value=False)
        items = texts.set(~is_list, None).str.replace_all(r"[\[\]\s]", "").str.split(",")
        items = items.list.filter(pl.element() != "")
    values = _whole_lists(items, items.cast(dtype, strict=False))
    return cast_or_fail(texts, values, "not_a_list", "is not a list of whole numbers in range")


def _whole_lists(source: pl.Series, values: pl.Series) -> pl.Series:
    """Null every list of which an item was lost in the cast."""
    lost = values.list.drop_nulls().list.len() != source.list.drop_nulls().list.len()
    return values.to_frame("list").select(pl.when(~pl.lit(lost)).then("list")).to_series()
