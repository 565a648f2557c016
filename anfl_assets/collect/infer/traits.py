"""What the values of one column look like: times, numbers, truth values or texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

import polars as pl

from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.convert.times import to_timestamps
from anfl_assets.collect.infer.named import words

# Tried in order; the first that reads every value is taken.
_FORMATS = (
    "%d/%b/%Y:%H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d %B %Y",
)
_SWAPPED = {form: form.replace("%m/%d", "%d/%m") for form in _FORMATS if "%m/%d" in form}
_EPOCHS = (("epoch_s", 1e9, 1e10), ("epoch_ms", 1e12, 1e13), ("epoch_us", 1e15, 1e16))
_FEW = 20
_TRUTH = {"true", "false"}
# Far enough that no time of a source is in the future.
_LATEST = datetime(2199, 1, 1, tzinfo=UTC)
NOTHING = ("", "NA", "N/A", "NULL", "null", "None", "nan", "NaN", "-")


@dataclass(frozen=True)
class Times:
    """How times are written: `format` None is ISO 8601."""

    format: str | None
    has_offset: bool
    is_ambiguous: bool = False
    step_s: float | None = None


@dataclass(frozen=True)
class Traits:
    """One column: its words, and what its values look like. `low` and `high` are of numbers."""

    name: str
    words: str
    distinct: tuple[str, ...]
    filled: int
    missing: tuple[str, ...] = ()
    times: Times | None = None
    low: float | None = None
    high: float | None = None
    is_whole: bool = False
    is_truth: bool = False
    is_growing: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its values are lists of JSON."""
        return any(text.startswith("[") for text in self.distinct)

    @property
    def is_number(self) -> bool:
        """Whether every value is a number."""
        return self.low is not None


def traits_of(column: pl.Series, *, called: str | None = None) -> Traits:
    """Look at a column of texts; `called` is what to take its name for."""
    missing = tuple(text for text in NOTHING[1:] if (column == text).any())
    values = column.filter(~column.is_in(list(NOTHING))).drop_nulls()
    told = words(called or column.name)
    distinct = tuple(values.unique(maintain_order=True).head(200).to_list())
    if values.is_empty():
        return Traits(column.name, told, distinct, 0, missing)
    numbers = values.str.strip_chars().cast(pl.Float64, strict=False)
    is_number = numbers.null_count() == 0 and bool(numbers.is_finite().all())
    low, high = (_bounds(numbers)) if is_number else (None, None)
    return Traits(
        column.name,
        told,
        distinct,
        len(values),
        missing,
        times=_times(values, numbers if is_number else None, told),
        low=low,
        high=high,
        is_whole=is_number and bool((numbers == numbers.round(0)).all()),
        is_growing=is_number and len(distinct) > _FEW and numbers.is_sorted(),
        is_truth={text.lower() for text in distinct} <= _TRUTH,
    )


def _bounds(numbers: pl.Series) -> tuple[float, float]:
    values: list[float] = numbers.to_list()
    return min(values), max(values)


def _times(values: pl.Series, numbers: pl.Series | None, told: str) -> Times | None:
    if numbers is not None:
        low, high = _bounds(numbers)
        for name, first, end in _EPOCHS:
            if first <= low and high < end:
                return Times(name, has_offset=True, step_s=_step(values, name, None))
        if not (set(told.split()) & {"date", "day"}):
            return None
    return _written_times(values)


def _written_times(values: pl.Series) -> Times | None:
    # However a time is written, it has a digit: most columns of texts end here.
    if not values.str.contains("[0-9]").all():
        return None
    if (step := _reads(values, None, "UTC")) is not None:
        has_offset = _reads(values, None, None) is not None
        return Times(None, has_offset, step_s=step[0])
    for form in _FORMATS:
        if (step := _reads(values, form, "UTC")) is not None:
            other = _SWAPPED.get(form)
            is_ambiguous = other is not None and _reads(values, other, "UTC") is not None
            return Times(form, "%z" in form, is_ambiguous, step[0])
    return None


def _step(values: pl.Series, form: str, zone: str | None) -> float | None:
    found = _reads(values, form, zone)
    return None if found is None else found[0]


def _reads(values: pl.Series, form: str | None, zone: str | None) -> tuple[float | None] | None:
    """Return the usual seconds between two times, or None where a value is no such time."""
    cast = to_timestamps(values, Read(values.name, format=form, zone=zone), now=_LATEST)
    if cast.failures or cast.values.null_count():
        return None
    moments = cast.values.unique().sort().dt.epoch("ms").to_list()
    steps = [later - earlier for earlier, later in pairwise(moments)]
    return (median(steps) / 1000 if steps else None,)
