"""`product`, `sum`, `difference` and `ratio` of source columns and numbers.

Exact decimals where the canonical column is money, doubles otherwise.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from anfl_assets.collect.casting import Cast, failures
from anfl_assets.collect.convert_numbers import (
    EXACT,
    to_doubles,
    to_exact,
    to_integers,
    within_money,
)
from anfl_assets.collect.expressions import Arithmetic, Operation
from anfl_assets.frames import MONEY, Column


def compute(expression: Arithmetic, column: Column, source: pl.DataFrame) -> Cast:
    """Return the canonical column; a row with a null term is null."""
    is_money = column.dtype == MONEY
    casts = [_term(term, source, is_money=is_money) for term in expression.terms]
    found = tuple(part for cast in casts for part in cast.failures)
    if expression.operation is Operation.RATIO:
        divisor = casts[1].values
        zero = divisor == (divisor * 0)
        if zero.any():
            casts[1] = Cast(divisor.set(zero, None))
            named = source[:, 0] if not expression.sources else source[expression.sources[-1]]
            found += (failures(named, zero, "not_finite", "divides by zero"),)
    values = reduce(_OPERATIONS[expression.operation], [cast.values for cast in casts])
    return _fitted(expression, column, values.alias(column.name), found)


def _term(term: str | float, source: pl.DataFrame, *, is_money: bool) -> Cast:
    if isinstance(term, str):
        return to_exact(source[term]) if is_money else to_doubles(source[term], 1.0)
    if is_money:
        return Cast(pl.Series([str(term)]).cast(EXACT).new_from_index(0, source.height))
    return Cast(pl.repeat(float(term), source.height, dtype=pl.Float64, eager=True))


_OPERATIONS = {
    Operation.PRODUCT: lambda left, right: left * right,
    Operation.SUM: lambda left, right: left + right,
    Operation.DIFFERENCE: lambda left, right: left - right,
    Operation.RATIO: lambda left, right: left / right,
}


def _fitted(
    expression: Arithmetic,
    column: Column,
    values: pl.Series,
    found: tuple[pl.DataFrame, ...],
) -> Cast:
    if column.dtype == MONEY:
        if expression.factor != 1.0:
            values = values * pl.Series([str(expression.factor)]).cast(EXACT)
        return within_money(values, values, found)
    if column.dtype.is_integer():
        fitted = to_integers(values, column.dtype, expression.factor)
    else:
        fitted = to_doubles(values, expression.factor)
    earlier = pl.concat([part["row"] for part in found]) if found else None
    if earlier is None or not fitted.failures:
        return Cast(fitted.values, found + fitted.failures)
    # A term that failed already explains why the result is not finite.
    later = tuple(part.remove(pl.col("row").is_in(earlier.implode())) for part in fitted.failures)
    return Cast(fitted.values, found + later)
