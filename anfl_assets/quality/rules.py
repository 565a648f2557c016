"""Which rows break an expectation, as Polars predicates.

Great Expectations counts and decides; it does not name rows without copying their values out. Each
type used in a suite therefore has its predicate here, and a test holds both to the same counts.
A missing value breaks nothing but a demand for presence; not-a-number counts as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from anfl_assets.errors import QualityError
from anfl_assets.quality.suites import Expectation, Suite

_LENGTH = "__length"
# Clocks differ: a row stamped a little ahead of ours is not from the future.
CLOCK_SKEW = timedelta(minutes=10)


def parameters(now: datetime) -> dict[str, datetime]:
    """Return what `$PARAMETER` may name: `latest_at` for moments, `latest_on` for days."""
    latest = now + CLOCK_SKEW
    return {
        "latest_at": latest,
        "latest_on": datetime.combine(latest.date(), time()),
    }


def projected(rows: pl.DataFrame, suite: Suite) -> pl.DataFrame:
    """Return only what the suite reads: its columns, list lengths made, not-a-number made null.

    Whole numbers become floats, as pandas makes them where one is missing: beyond 2^53 the two
    readings of a rule would differ otherwise.
    """
    return rows.select(_column(name, rows.schema).alias(name) for name in suite.columns)


def breaks(expectation: Expectation, given: Mapping[str, datetime]) -> pl.Expr:
    """Return a boolean over `projected` rows, never null: whether the row breaks it.

    Raises:
        QualityError: the suite uses a type that has no predicate.

    """
    predicate = _PREDICATES.get(expectation.type)
    if predicate is None:
        message = (
            f"{expectation.rule}: found type {expectation.type}; "
            f"expected one of {', '.join(_PREDICATES)}"
        )
        raise QualityError(message)
    return predicate(resolved(expectation.kwargs, given)).fill_null(value=False)


def resolved(kwargs: Mapping[str, Any], given: Mapping[str, datetime]) -> dict[str, Any]:
    """Return the kwargs with `$PARAMETER`s filled in and days as midnights, as pandas has them."""

    def value(raw: object) -> object:
        if isinstance(raw, dict):
            return given[raw["$PARAMETER"]]
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return datetime.combine(raw, time())
        return raw

    return {key: value(raw) for key, raw in kwargs.items()}


def _column(name: str, schema: pl.Schema) -> pl.Expr:
    if name.endswith(_LENGTH):
        return pl.col(name.removesuffix(_LENGTH)).list.len().cast(pl.Float64)
    expression = pl.col(name)
    if schema[name].is_integer():
        return expression.cast(pl.Float64)
    return expression.fill_nan(None) if schema[name].is_float() else expression


def _missing(kwargs: dict[str, Any]) -> pl.Expr:
    return pl.col(kwargs["column"]).is_null()


def _outside(kwargs: dict[str, Any]) -> pl.Expr:
    column, outside = pl.col(kwargs["column"]), pl.lit(value=False)
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None:
        outside |= column <= low if kwargs.get("strict_min") else column < low
    if high is not None:
        outside |= column >= high if kwargs.get("strict_max") else column > high
    return outside


def _unknown(kwargs: dict[str, Any]) -> pl.Expr:
    return ~pl.col(kwargs["column"]).is_in(kwargs["value_set"])


def _listed(kwargs: dict[str, Any]) -> pl.Expr:
    return pl.col(kwargs["column"]).is_in(kwargs["value_set"])


def _otherwise_long(kwargs: dict[str, Any]) -> pl.Expr:
    length: pl.Expr = pl.col(kwargs["column"]).str.len_chars()
    return length != pl.lit(kwargs["value"])


def _not_above(kwargs: dict[str, Any]) -> pl.Expr:
    a, b = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    return a < b if kwargs.get("or_equal") else a <= b


def _different(kwargs: dict[str, Any]) -> pl.Expr:
    return pl.col(kwargs["column_A"]) != pl.col(kwargs["column_B"])


_PREDICATES: dict[str, Callable[[dict[str, Any]], pl.Expr]] = {
    "expect_column_values_to_not_be_null": _missing,
    "expect_column_values_to_be_between": _outside,
    "expect_column_values_to_be_in_set": _unknown,
    "expect_column_values_to_not_be_in_set": _listed,
    "expect_column_value_lengths_to_equal": _otherwise_long,
    "expect_column_pair_values_a_to_be_greater_than_b": _not_above,
    "expect_column_pair_values_to_be_equal": _different,
}
