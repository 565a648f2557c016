"""Arithmetic with times: a time and durations give a time, two times give a duration."""

from __future__ import annotations

import polars as pl

from anfl_assets.collect.columns.expressions import Arithmetic, Elapsed, Read, Shifted
from anfl_assets.collect.columns.terms import DURATION, MOMENT
from anfl_assets.collect.convert.arithmetic import compute
from anfl_assets.collect.convert.by_type import Aim, convert
from anfl_assets.collect.convert.casting import Cast, cast_or_fail
from anfl_assets.collect.convert.times import judged
from anfl_assets.frames import TIMESTAMP

_MICROSECONDS = {"s": 1_000_000, "ms": 1_000}


def shifted(expression: Shifted, aim: Aim, source: pl.DataFrame) -> Cast:
    """Return the times; null where the time or a duration is."""
    named = source[expression.time.column]
    cast = convert(named, expression.time, aim)
    durations = [_duration(term, aim, source) for term in expression.durations]
    seconds = sum((part.values for part in durations[1:]), durations[0].values)
    found = cast.failures + tuple(item for part in durations for item in part.failures)
    moves = (seconds * (-1 if expression.is_back else 1) * _MICROSECONDS["s"]).round()
    times = cast.values.cast(pl.Int64) + moves.cast(pl.Int64, strict=False)
    told = named.set(cast.values.is_null() | seconds.is_null(), None)
    values = cast_or_fail(
        told, times.cast(TIMESTAMP), "impossible_time", "and this long is no time"
    )
    judgement = judged(values.values.alias(aim.column.name), values.values, now=aim.now)
    return Cast(judgement.values, found + values.failures + judgement.failures)


def _duration(term: Read | Arithmetic, aim: Aim, source: pl.DataFrame) -> Cast:
    if isinstance(term, Arithmetic):
        return compute(term, DURATION, source)
    return convert(source[term.column], term, Aim(DURATION, aim.table, aim.now))


def elapsed(expression: Elapsed, aim: Aim, source: pl.DataFrame) -> Cast:
    """Return the durations in the column's own unit, below zero where the end is first."""
    moment = Aim(MOMENT, aim.table, aim.now)
    end, start = (
        convert(source[read.column], read, moment) for read in (expression.end, expression.start)
    )
    length = (end.values - start.values).dt.total_microseconds()
    values = length / _MICROSECONDS[aim.column.unit or "s"]
    return Cast(values.cast(aim.column.dtype), end.failures + start.failures)
