"""Constants and look-up answers: does a YAML value fit a canonical column?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import polars as pl
from typing_extensions import TypeIs

from anfl_assets.collect.columns.expressions import Constant, Scalar
from anfl_assets.config.section import scalar_text
from anfl_assets.frames import Column


def is_fitting(value: object, column: Column) -> TypeIs[Scalar]:
    """Whether the value can stand in a text, truth or number column."""
    if isinstance(column.dtype, pl.Boolean):
        return isinstance(value, bool)
    if column.dtype.is_integer():
        return isinstance(value, int) and not isinstance(value, bool)
    if column.dtype.is_numeric():
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(column.dtype, pl.String) and isinstance(value, str | int | float)


def as_constant(value: object, column: Column) -> Constant | None:
    """Return the value in the column's own type, or None when it does not fit."""
    if column.dtype.is_temporal():
        moment = as_time(value)
        if moment is None:
            return None
        return Constant(moment if isinstance(column.dtype, pl.Datetime) else moment.date())
    if column.dtype.is_decimal():
        return _money(value)
    return _scalar(value, column) if is_fitting(value, column) else None


def _scalar(value: Scalar, column: Column) -> Constant:
    if isinstance(column.dtype, pl.String):
        return Constant(scalar_text(value))
    return Constant(float(value)) if column.dtype.is_float() else Constant(value)


def as_time(value: object) -> datetime | None:
    """Return a YAML time (UTC where it says no offset) or day (its first moment) in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _money(value: object) -> Constant | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return Constant(amount) if amount.is_finite() else None
