"""`rate`: cumulative counters become what was counted between readings, or in whole windows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl

from anfl_assets.collect.batch import BODY, Batch
from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.convert.casting import Cast, failures, merged
from anfl_assets.collect.convert.numbers import to_doubles
from anfl_assets.collect.convert.texts import to_texts
from anfl_assets.collect.convert.times import to_timestamps
from anfl_assets.collect.rejects import rejects_of
from anfl_assets.collect.shape.counters import Increase, Number, Series, remembered
from anfl_assets.collect.shape.step import Origin

START, LENGTH = "window_start", "window_s"
_ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"
# Whether a time lies in the future is for the mapping to judge, which knows what time it is.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000  # µs


@dataclass(frozen=True)
class Rate:
    """The increase of `columns` between successive readings of one series (`by`) at times `at`.

    A counter's column then holds its increase, `window_start` (ISO 8601) and `window_s` say from
    when and for how long. With `every`, increases are brought to whole windows of that length. A
    series' first reading gives no row: it is no rate yet. A reading that is no later than the one
    before it, or more than `max_gap` later, is a reject; after a gap the series begins anew. Beyond
    10,000 series, those silent for more than a day (and for more than `max_gap`) are forgotten.
    """

    columns: tuple[str, ...]
    at: Read
    by: tuple[str, ...] = ()
    every: timedelta | None = None
    max_gap: timedelta | None = None

    @property
    def reads_all(self) -> bool:
        """Only its columns."""
        return False

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return its own columns, and all names but those of the window."""
        others = (name for name in names if name not in (START, LENGTH))
        return tuple(dict.fromkeys((*others, *self.columns, self.at.column, *self.by)))

    def apply(self, batch: Batch, origin: Origin) -> Batch:
        """Turn readings into increases; the last reading of each series is carried on."""
        rows = batch.rows
        at = _present(
            to_timestamps(rows[self.at.column], self.at, now=_NEVER), rows[self.at.column]
        )
        counters = [_present(to_doubles(rows[name], 1.0), rows[name]) for name in self.columns]
        failed = merged([part for cast in (at, *counters) for part in cast.failures])
        carry = origin.carry.setdefault(f"rate of {', '.join(self.columns)}", {})
        readings = _Readings(rows, at.values, [cast.values for cast in counters])
        told = self._told(readings, {*failed["row"]}, carry)
        late = failures(rows[self.at.column], pl.Series(told.late, dtype=pl.Boolean), *_LATE)
        apart = failures(rows[self.at.column], pl.Series(told.apart, dtype=pl.Boolean), *_APART)
        return Batch(
            self._rows(rows, told),
            pl.concat([batch.rejects, *(rejects_of(rows, part) for part in (failed, late, apart))]),
        )

    def _told(self, readings: _Readings, failed: set[int], carry: dict[str, list[object]]) -> _Told:
        every, gap = _microseconds(self.every), _microseconds(self.max_gap)
        series = {key: Series(*kept) for key, kept in carry.items()}  # type: ignore[arg-type]
        told = _Told(readings.height)
        seen: dict[str, int] = {}
        for row, key, at, values in readings.each(self.by):
            if row in failed:
                continue
            seen[key] = at
            last = series.get(key)
            told.late[row] = last is not None and at <= last.at
            told.apart[row] = last is not None and gap is not None and at - last.at > gap
            if last is None or told.apart[row]:
                series[key] = Series.begun(at, values, every)
            elif not told.late[row]:
                told.add(row, last.advance(at, values, every))
        silence = max(gap or 0, _DAY)
        series = remembered(series, seen, max(seen.values(), default=0) - silence)
        carry.clear()
        carry |= {key: state.kept() for key, state in series.items()}
        return told

    def _rows(self, rows: pl.DataFrame, told: _Told) -> pl.DataFrame:
        counts = [increase.counts for increase in told.increases]
        counters = [
            pl.Series(name, [_text(each[position]) for each in counts], pl.String)
            for position, name in enumerate(self.columns)
        ]
        starts = pl.Series(START, [each.start for each in told.increases], pl.Int64)
        lengths = [_text((each.end - each.start) / 1_000_000) for each in told.increases]
        return rows.drop(BODY, strict=False)[told.rows].with_columns(
            *counters,
            starts.cast(pl.Datetime("us")).dt.strftime(_ISO),
            pl.Series(LENGTH, lengths, pl.String),
        )


_LATE = ("not_later", "is no later than the reading before it")
_APART = ("gap", "is so long after the reading before it that its increase belongs to no window")


@dataclass(frozen=True)
class _Readings:
    rows: pl.DataFrame
    at: pl.Series
    counters: list[pl.Series]

    @property
    def height(self) -> int:
        return self.rows.height

    def each(self, by: tuple[str, ...]) -> Iterator[tuple[int, str, int, list[Number]]]:
        """Yield row, series, time and counters of every reading."""
        times = self.at.dt.epoch("us").to_list()
        values = zip(*(counter.to_list() for counter in self.counters), strict=True)
        columns = [to_texts(self.rows[name]).values.to_list() for name in by]
        labels = zip(*columns, strict=True) if by else iter([()] * self.height)
        keys: dict[tuple[str | None, ...], str] = {}
        for row, (label, at, found) in enumerate(zip(labels, times, values, strict=True)):
            if label not in keys:
                keys[label] = json.dumps(label)
            yield row, keys[label], at, [_number(value) for value in found]


@dataclass
class _Told:
    """Increases with the rows that told them, and which rows came late or after a gap."""

    height: int
    rows: list[int] = field(default_factory=list)
    increases: list[Increase] = field(default_factory=list)
    late: list[bool] = field(init=False)
    apart: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.late, self.apart = [False] * self.height, [False] * self.height

    def add(self, row: int, increases: list[Increase]) -> None:
        self.rows += [row] * len(increases)
        self.increases += increases


def _present(cast: Cast, source: pl.Series) -> Cast:
    """Return the cast, missing values failing too: without one there is no rate."""
    missing = source.is_null()
    if not missing.any():
        return cast
    found = failures(source, missing, "missing_reading", "is missing")
    return Cast(cast.values, (*cast.failures, found))


def _number(value: float | None) -> Number:
    if value is None:
        return 0
    return int(value) if value.is_integer() else value


def _text(number: Number) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _microseconds(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(microseconds=1)
