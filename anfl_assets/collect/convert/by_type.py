"""Which conversion a canonical column's type asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.convert.casting import Cast
from anfl_assets.collect.convert.numbers import plain_numbers, to_doubles, to_integers, to_money
from anfl_assets.collect.convert.texts import look_up, to_lists, to_texts, to_truth
from anfl_assets.collect.convert.times import to_dates, to_timestamps
from anfl_assets.frames import Column, Table


@dataclass(frozen=True)
class Aim:
    """The canonical column a value must fit, and the time it is judged at."""

    column: Column
    table: Table
    now: datetime

    @property
    def latest(self) -> datetime | None:
        """The time a date must not pass; a period may well end in the future."""
        return self.now if self.column.name == self.table.event_at else None


def convert(source: pl.Series, read: Read, aim: Aim) -> Cast:
    """Convert a source column, text or typed, to the canonical column's type."""
    if read.values or read.match:
        return look_up(source, read, aim.column.dtype)
    plain = plain_numbers(source, read.thousands, read.decimal)
    cast = _CONVERSIONS[type(aim.column.dtype)](plain.values, read, aim)
    return Cast(cast.values, plain.failures + cast.failures)


def _to_list(source: pl.Series, _: Read, aim: Aim) -> Cast:
    dtype = aim.column.dtype
    return to_lists(source, dtype if isinstance(dtype, pl.List) else pl.List(dtype))


_Conversion = Callable[[pl.Series, Read, Aim], Cast]
_CONVERSIONS: dict[type[pl.DataType], _Conversion] = {
    pl.String: lambda source, _, __: to_texts(source),
    pl.Boolean: lambda source, _, __: to_truth(source),
    pl.Float64: lambda source, read, _: to_doubles(source, read.factor),
    pl.Int64: lambda source, read, aim: to_integers(source, aim.column.dtype, read.factor),
    pl.Int32: lambda source, read, aim: to_integers(source, aim.column.dtype, read.factor),
    pl.Decimal: lambda source, read, _: to_money(source, read.factor),
    pl.Datetime: lambda source, read, aim: to_timestamps(source, read, now=aim.now),
    pl.Date: lambda source, read, aim: to_dates(source, read, latest=aim.latest),
    pl.List: _to_list,
}
