"""Any expression of `columns`, computed for the source rows of one batch."""

from __future__ import annotations

import polars as pl

from anfl_assets.collect.columns.expressions import (
    Arithmetic,
    Constant,
    Elapsed,
    Expression,
    Read,
    Shifted,
)
from anfl_assets.collect.convert.arithmetic import compute
from anfl_assets.collect.convert.by_type import Aim, convert
from anfl_assets.collect.convert.casting import Cast
from anfl_assets.collect.convert.time_arithmetic import elapsed, shifted


def evaluate(expression: Expression | None, aim: Aim, source: pl.DataFrame) -> Cast:
    """Return the canonical column; null in every row where the feed says nothing of it."""
    if expression is None:
        return Cast(pl.repeat(None, source.height, dtype=aim.column.dtype, eager=True))
    cast = _computed(expression, aim, source)
    if expression.default is None:
        return cast
    default = pl.repeat(expression.default, source.height, dtype=aim.column.dtype, eager=True)
    # A value that failed gets the default as well, but its row is a reject.
    return Cast(cast.values.zip_with(cast.values.is_not_null(), default), cast.failures)


def _computed(expression: Expression, aim: Aim, source: pl.DataFrame) -> Cast:
    match expression:
        case Constant(value):
            return Cast(pl.repeat(value, source.height, dtype=aim.column.dtype, eager=True))
        case Arithmetic():
            return compute(expression, aim.column, source)
        case Shifted():
            return shifted(expression, aim, source)
        case Elapsed():
            return elapsed(expression, aim, source)
        case Read():
            return convert(source[expression.column], expression, aim)
