"""Times and dates: ISO 8601, a stated format, or seconds since 1970, always to UTC.

A time without offset needs a zone, stated in the feed. A local time that the clocks skipped or
showed twice is a failure, never a guess. Fractions beyond the microsecond are cut off.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.collect.convert.casting import Cast, cast_or_fail, failures
from anfl_assets.collect.convert.periods import PERIODS, period_ends, period_starts
from anfl_assets.frames import TIMESTAMP

if TYPE_CHECKING:
    from anfl_assets.collect.columns.expressions import Read

# `%+` is RFC 3339 and the fastest of these.
_ISO = (
    "%+",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%d %H:%M%#z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
_SAMPLE = 100
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_LOCAL = pl.Datetime("us")
# Of the offsets, only this directive reads `Z`, and it reads what the others do.
_OFFSET = re.compile(r"%%|%:?z")
_ANY_OFFSET = "%#z"
# A clock may be a little ahead of ours; more is a mistake.
TOLERANCE = timedelta(minutes=10)
# "24-05-06" is read as the year 24; nothing this project measures is older than this.
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def has_offset(form: str) -> bool:
    """Whether texts of this format say their offset from UTC themselves."""
    return form in EPOCHS or any(sign in form for sign in ("%z", "%:z", "%#z", "%+", "%s"))


def _parsing(form: str) -> str:
    """Return the format as it is parsed: an offset may be `+01:00`, `+0100` or `Z`."""
    return _OFFSET.sub(lambda match: match[0] if match[0] == "%%" else _ANY_OFFSET, form)


def to_timestamps(source: pl.Series, read: Read, *, now: datetime) -> Cast:
    """Convert a column to UTC timestamps."""
    cast = _read_times(source, read)
    judgement = judged(source, cast.values, now=now)
    return Cast(judgement.values, cast.failures + judgement.failures)


def judged(source: pl.Series, values: pl.Series, *, now: datetime) -> Cast:
    """Return the times, those that nothing this project measures can have as failures."""
    found = []
    for failed, rule, complaint in (
        (values > now + TOLERANCE, "future_time", "is in the future"),
        (values < _EARLIEST, "impossible_time", "is before 1900"),
    ):
        if failed.any():
            found.append(failures(source, failed, rule, complaint))
    return Cast(values, tuple(found))


def to_dates(source: pl.Series, read: Read, *, latest: datetime | None) -> Cast:
    """Convert a column to dates; those after `latest`'s UTC day fail."""
    cast = _read_dates(source, read)
    values, found = cast.values, list(cast.failures)
    if latest is not None and (failed := values > latest.astimezone(UTC).date()).any():
        found.append(failures(source, failed, "future_time", "is in the future"))
    if (failed := values < _EARLIEST.date()).any():
        found.append(failures(source, failed, "impossible_time", "is before 1900"))
    return Cast(values, tuple(found))


def _read_dates(source: pl.Series, read: Read) -> Cast:
    if read.format in PERIODS:
        cast = _read_periods(source, read)
        is_end = read.at == "end"
        return Cast(cast.values.dt.offset_by("-1d") if is_end else cast.values, cast.failures)
    if source.dtype == pl.Date or isinstance(source.dtype, pl.Datetime):
        return Cast(source.cast(pl.Date))
    if read.format in EPOCHS:
        cast = _from_epoch(source, EPOCHS[read.format])
        return Cast(cast.values.cast(pl.Date), cast.failures)
    texts = source.cast(pl.String)
    values = texts.str.to_date(_parsing(read.format or "%Y-%m-%d"), strict=False)
    return cast_or_fail(source, values, "not_a_date", f"is no date{_as_said(read)}")


def _read_periods(source: pl.Series, read: Read) -> Cast:
    """Return the first day of each period, or of the one after it."""
    unit = read.format or "day"
    days = source.cast(pl.Date) if isinstance(source.dtype, pl.Datetime) else source
    starts = period_starts(days.cast(pl.String), unit)
    cast = cast_or_fail(source, starts, "not_a_date", f"is no {unit}")
    return Cast(period_ends(starts, unit) if read.at == "end" else starts, cast.failures)


def _read_times(source: pl.Series, read: Read) -> Cast:
    if read.format in PERIODS:
        cast = _read_periods(source, read)
        return _placed_here(source, Cast(cast.values.cast(_LOCAL), cast.failures), read)
    if isinstance(source.dtype, pl.Datetime) and source.dtype.time_zone is not None:
        return Cast(source.cast(TIMESTAMP))
    if isinstance(source.dtype, pl.Datetime) or source.dtype == pl.Date:
        return _localised(source, source.cast(_LOCAL), read)
    if read.format in EPOCHS:
        return _from_epoch(source, EPOCHS[read.format])
    texts = source.cast(pl.String)
    return _from_iso(texts, read) if read.format is None else _from_format(texts, read, read.format)


def _from_format(texts: pl.Series, read: Read, form: str) -> Cast:
    values = texts.str.to_datetime(_parsing(form), time_unit="us", strict=False)
    cast = cast_or_fail(texts, values, "not_a_time", f"is no time{_as_said(read)}")
    if has_offset(form):
        return Cast(_as_utc(values), cast.failures)
    return _placed_here(texts, cast, read)


def _placed_here(source: pl.Series, cast: Cast, read: Read) -> Cast:
    local = _localised(source, cast.values, read)
    return Cast(local.values, cast.failures + local.failures)


def _as_said(read: Read) -> str:
    return f" of format {read.format}" if read.format else ""


def _as_utc(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is None:
        return values.dt.replace_time_zone("UTC")
    return values.cast(TIMESTAMP)


def _from_iso(texts: pl.Series, read: Read) -> Cast:
    """Try each form on what the forms before it left, the sample's commonest form first."""
    values = pl.repeat(None, len(texts), dtype=TIMESTAMP, eager=True).alias(texts.name)
    found: list[pl.DataFrame] = []
    rows = texts.is_not_null().arg_true()
    for form in _ordered_forms(texts):
        if rows.is_empty():
            break
        rest = texts.gather(rows)
        attempt = rest.str.to_datetime(form, time_unit="us", strict=False)
        if attempt.null_count() == len(attempt):
            continue
        cast = Cast(_as_utc(attempt)) if has_offset(form) else _localised(rest, attempt, read)
        values = values.scatter(rows, cast.values)
        found += [_placed(part, rows) for part in cast.failures]
        rows = rows.filter(attempt.is_null())
    if len(rows):
        unread = pl.int_range(len(texts), dtype=pl.UInt32, eager=True).is_in(rows.implode())
        found.append(failures(texts, unread, "not_a_time", "is no ISO 8601 time"))
    return Cast(values, tuple(found))


def _placed(part: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    return part.with_columns(rows.gather(part["row"]).alias("row"))


def _ordered_forms(texts: pl.Series) -> list[str]:
    """Return the forms by how many of the sample they miss; one that misses none comes at once."""
    sample = texts.drop_nulls().head(_SAMPLE)
    misses: dict[str, int] = {}
    for form in _ISO:
        misses[form] = sample.str.to_datetime(form, time_unit="us", strict=False).null_count()
        if misses[form] == 0:
            break
    return sorted(_ISO, key=lambda form: misses.get(form, len(sample)))


def _localised(source: pl.Series, local: pl.Series, read: Read) -> Cast:
    """Give local times their zone, or fail those the zone's clocks never or twice showed."""
    if read.zone is None:
        values = pl.Series(source.name, [None], dtype=TIMESTAMP).new_from_index(0, len(local))
        complaint = "has no offset from UTC and the feed states no zone"
        return Cast(values, (failures(source, local.is_not_null(), "no_time_zone", complaint),))
    placed = local.dt.replace_time_zone(
        read.zone,
        ambiguous=read.ambiguous or "null",
        non_existent="null",
    )
    values = placed.dt.convert_time_zone("UTC").cast(TIMESTAMP)
    if values.null_count() == local.null_count():
        return Cast(values)
    possible = local.dt.replace_time_zone(read.zone, ambiguous="earliest", non_existent="null")
    skipped = local.is_not_null() & possible.is_null()
    doubled = possible.is_not_null() & values.is_null()
    never = f"never happened in {read.zone}: the clocks skipped it"
    twice = f"happened twice in {read.zone}: say ambiguous: earliest or latest"
    parts = (
        failures(source, skipped, "nonexistent_local_time", never),
        failures(source, doubled, "ambiguous_local_time", twice),
    )
    return Cast(values, tuple(part for part in parts if part.height))


def _from_epoch(source: pl.Series, microseconds: int) -> Cast:
    # Through decimals: a double holds no microseconds of a nanosecond count exactly.
    exact = source.cast(pl.String).cast(pl.Decimal(38, 6), strict=False)
    whole = (exact * pl.Series([microseconds]).cast(pl.Decimal(38, 0))).cast(pl.Int64, strict=False)
    values = whole.cast(_LOCAL).dt.replace_time_zone("UTC")
    return cast_or_fail(source, values, "not_a_time", "is no count since 1970")
