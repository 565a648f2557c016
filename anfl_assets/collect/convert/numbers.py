"""Numbers: measures as doubles, counts as integers, money as exact decimals.

Money never passes through binary arithmetic: a double from a typed file is taken at its shortest
decimal text (2.55 is 2.55), multiplied exactly, then rounded half to even at four places.
"""

from __future__ import annotations

import re

import polars as pl

from anfl_assets.collect.convert.casting import Cast, cast_or_fail, failures, retried, unconverted
from anfl_assets.frames import MONEY

EXACT = pl.Decimal(38, 8)
_NOT_FINITE = r"(?i)^\s*[-+]?(nan|inf(inity)?)\s*$"


def plain_numbers(source: pl.Series, thousands: str | None, decimal: str) -> Cast:
    """Return `1,234.5` as the text `1234.5`; what is not grouped by three fails."""
    if source.dtype != pl.String or (thousands is None and decimal == "."):
        return Cast(source)
    group, point = re.escape(thousands or ""), re.escape(decimal)
    grouped = rf"\d{{1,3}}(?:{group}\d{{3}})+|" if thousands else ""
    number = rf"^\s*[-+]?(?:{grouped}\d+)(?:{point}\d*)?(?:[eE][-+]?\d+)?\s*$"
    plain = source.set(~source.str.contains(number).fill_null(value=True), None)
    if thousands:
        plain = plain.str.replace_all(thousands, "", literal=True)
    plain = plain.str.replace(decimal, ".", literal=True)
    example = f"1{thousands or ''}234{decimal}5"
    return cast_or_fail(source, plain, "not_a_number", f"is not a number written like {example}")


def to_doubles(source: pl.Series, factor: float) -> Cast:
    """Convert to finite doubles times `factor`."""
    values = _doubles(source)
    cast = cast_or_fail(source, values, "not_a_number", "is not a number")
    scaled = values if factor == 1.0 else values * factor
    unbounded = ~scaled.is_finite()
    if not unbounded.any():
        return Cast(scaled, cast.failures)
    found = failures(source, unbounded, "not_finite", "is not a finite number")
    return Cast(scaled, (*cast.failures, found))


def to_integers(source: pl.Series, dtype: pl.DataType, factor: float) -> Cast:
    """Convert to whole numbers; `3.0` is one, `3.5` fails."""
    values = source.cast(dtype, strict=False) if _is_exact(source) else _whole(source, dtype)
    if factor != 1.0:
        values = _whole_of(_doubles(source) * factor, dtype)
    else:
        rest = unconverted(values, source)
        if not rest.is_empty():
            values = retried(values, source, _whole_of(_doubles(rest), dtype))
    if values.null_count() == source.null_count():
        return Cast(values)
    return Cast(values, _unread(source, values, "is not a whole number in range"))


def to_money(source: pl.Series, factor: float) -> Cast:
    """Convert to MONEY, rounding half to even at four places."""
    cast = to_exact(source)
    values = cast.values
    if factor != 1.0:
        values = values * pl.Series([str(factor)]).cast(EXACT)
    return within_money(source, values, cast.failures)


def within_money(
    source: pl.Series,
    exact: pl.Series,
    earlier: tuple[pl.DataFrame, ...],
) -> Cast:
    """Round exact values to MONEY; those with more than 14 digits before the point fail."""
    values = exact.cast(MONEY, strict=False)
    if values.null_count() == exact.null_count():
        return Cast(values, earlier)
    failed = values.is_null() & exact.is_not_null()
    found = failures(source, failed, "out_of_range", "is more money than can be kept")
    return Cast(values, (*earlier, found))


def to_exact(source: pl.Series) -> Cast:
    """Convert to decimals with eight places."""
    if source.dtype.is_integer() or source.dtype.is_decimal():
        values = source.cast(EXACT, strict=False)
    else:
        texts = source.cast(pl.String)
        values = texts.cast(EXACT, strict=False)
        rest = unconverted(values, texts)
        if not rest.is_empty():
            values = retried(values, texts, rest.str.strip_chars().cast(EXACT, strict=False))
    if values.null_count() == source.null_count():
        return Cast(values)
    return Cast(values, _unread(source, values, "is not a number"))


def _unread(source: pl.Series, values: pl.Series, complaint: str) -> tuple[pl.DataFrame, ...]:
    """Return the failures of what gave no value, infinity and NaN by their own rule."""
    endless = source.cast(pl.String).str.contains(_NOT_FINITE)
    other = values.is_null() & source.is_not_null() & ~endless
    parts = (
        failures(source, endless, "not_finite", "is not a finite number"),
        failures(source, other, "not_a_number", complaint),
    )
    return tuple(part for part in parts if part.height)


def _is_exact(source: pl.Series) -> bool:
    return source.dtype.is_integer() or source.dtype == pl.String


def _doubles(source: pl.Series) -> pl.Series:
    if source.dtype == pl.Boolean or not (source.dtype.is_numeric() or source.dtype == pl.String):
        source = source.cast(pl.String)
    values = source.cast(pl.Float64, strict=False)
    rest = unconverted(values, source)
    if rest.is_empty() or rest.dtype != pl.String:
        return values
    return retried(values, source, rest.str.strip_chars().cast(pl.Float64, strict=False))


def _whole(source: pl.Series, dtype: pl.DataType) -> pl.Series:
    return _whole_of(_doubles(source), dtype)


def _whole_of(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    is_whole = values.is_finite() & (values == values.round(0))
    return values.set(~is_whole.fill_null(value=False), None).cast(dtype, strict=False)
