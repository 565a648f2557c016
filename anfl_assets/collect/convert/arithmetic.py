"""`product`, `sum`, `difference` and `ratio` of source columns and numbers.

Exact decimals where the canonical column is money, doubles otherwise.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from anfl_assets.collect.columns.expressions import Arithmetic, Operation, Read, Term
from anfl_assets.collect.convert.casting import Cast, failures
from anfl_assets.collect.convert.numbers import (
    EXACT,
    plain_numbers,
    to_doubles,
    to_exact,
    to_integers,
    within_money,
)
from anfl_assets.frames import MONEY, Column

# A count worked out in doubles is whole to this; a share times a number of requests loses no more.
_NOISE = 1e-6


def compute(expression: Arithmetic, column: Column, source: pl.DataFrame) -> Cast:
    """Return the canonical column; a row with a null term is null."""
    cast = _computed(expression, source, is_money=column.dtype == MONEY)
    return _fitted(expression, column, cast.values.alias(column.name), cast.failures)


def _computed(expression: Arithmetic, source: pl.DataFrame, *, is_money: bool) -> Cast:
    casts = [_term(term, source, is_money=is_money) for term in expression.terms]
    found = tuple(part for cast in casts for part in cast.failures)
    if expression.operation is Operation.RATIO:
        divisor = casts[1].values
        zero = divisor == (divisor * 0)
        if zero.any():
            casts[1] = Cast(divisor.set(zero, None))
            named = source[:, 0] if not expression.sources else source[expression.sources[-1]]
            found += (failures(named, zero, "not_finite", "divides by zero"),)
    return Cast(reduce(_OPERATIONS[expression.operation], [cast.values for cast in casts]), found)


def _term(term: Term, source: pl.DataFrame, *, is_money: bool) -> Cast:
    if isinstance(term, Arithmetic):
        return _computed(term, source, is_money=is_money)
    if isinstance(term, str):
        term = Read(term)
    if isinstance(term, Read):
        plain = plain_numbers(source[term.column], term.thousands, term.decimal)
        cast = to_exact(plain.values) if is_money else to_doubles(plain.values, 1.0)
        return Cast(cast.values, plain.failures + cast.failures)
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
        fitted = to_integers(_nearly_whole(values), column.dtype, expression.factor)
    else:
        fitted = to_doubles(values, expression.factor)
    earlier = pl.concat([part["row"] for part in found]) if found else None
    if earlier is None or not fitted.failures:
        return Cast(fitted.values, found + fitted.failures)
    # A term that failed already explains why the result is not finite.
    later = tuple(part.remove(pl.col("row").is_in(earlier.implode())) for part in fitted.failures)
    return Cast(fitted.values, found + later)


def _nearly_whole(values: pl.Series) -> pl.Series:
    """Take the last digits of binary arithmetic away from counts: 2.9999999996 is 3."""
    whole = values.round()
    return values.zip_with((values - whole).abs() > _NOISE, whole)
