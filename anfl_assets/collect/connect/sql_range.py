"""Which cursor values a pull asks for, and from which the next one reads again.

Three assumptions, each a line of the feed: a row is committed at most `overlap` after the time in
its cursor column; our clock and the database's differ by at most ten minutes; a time without an
offset is of `zone`. Times further in the future are held back, else one row of the year 2099 would
hide all that come before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from anfl_assets.collect.columns.constants import as_time
from anfl_assets.collect.connect.sql_database import Described, Kind
from anfl_assets.collect.connect.sql_place import as_written, moment_of
from anfl_assets.collect.connect.sql_settings import USUAL_OVERLAP, Settings
from anfl_assets.collect.convert.times import TOLERANCE
from anfl_assets.errors import SourceError

# Longer than any clock is put back; the longest time between two pulls.
_FOLD, _AHEAD = timedelta(hours=2), timedelta(days=1)
EXAMPLES = {
    Kind.ZONED: "2000-01-01T00:00:00.000000+00:00",
    Kind.LOCAL: "2000-01-01T00:00:00.000000",
    Kind.DATE: "2000-01-01",
}


@dataclass(frozen=True)
class NumberRange:
    """A cursor of numbers: as far as there are rows."""

    start: str | None
    back: int
    now: datetime
    until: str | None = None
    late: timedelta = USUAL_OVERLAP

    def again_from(self, last: str) -> str:
        """Return the value to read again from, after a page that ended with `last`."""
        return str(Decimal(last) - self.back) if self.back else last

    def is_again(self, value: str, since: str) -> bool:
        """Whether a row will be met again by a pull that begins at `since`."""
        return Decimal(value) >= Decimal(since)


@dataclass(frozen=True)
class TextRange:
    """A cursor of texts, in the order of the database's own collation; nothing goes back."""

    start: str | None
    now: datetime
    until: str | None = None
    late: timedelta = USUAL_OVERLAP

    def again_from(self, last: str) -> str:
        """Return the value to read again from, after a page that ended with `last`."""
        return last

    def is_again(self, value: str, since: str) -> bool:
        """Whether a row will be met again by a pull that begins at `since`."""
        return value == since


@dataclass(frozen=True)
class TimeRange:
    """A cursor of times, written as `example` is."""

    start: str | None
    example: str
    zone: ZoneInfo | None
    late: timedelta
    now: datetime

    @property
    def until(self) -> str:
        """The last value that is no time in the future."""
        return self._written(self.now + TOLERANCE + self._fold)

    def again_from(self, last: str) -> str:
        """Return the value to read again from, after a page that ended with `last`.

        Rows long past are all committed: only those of that very value may have been cut off.
        """
        at = moment_of(last, self.zone)
        if at + self._width < self.now - self.late - self._fold - TOLERANCE:
            return last
        return self._written(min(at, self.now) - self.late - self._fold)

    def is_again(self, value: str, since: str) -> bool:
        """Whether a row will be met again by a pull that begins at `since`."""
        return value >= since

    @property
    def _width(self) -> timedelta:
        """How long one value of a date lasts."""
        return timedelta(days=1) if len(self.example) == len("2000-01-01") else timedelta()

    @property
    def _fold(self) -> timedelta:
        """How far local clocks are put back about now: an hour is then shown twice.

        It counts from a day before, the longest time between two pulls, to the end of that hour.
        """
        if self.zone is None:
            return timedelta()
        before = (self.now - _FOLD).astimezone(self.zone).utcoffset() or timedelta()
        after = (self.now + _AHEAD).astimezone(self.zone).utcoffset() or timedelta()
        return max(before - after, timedelta())

    def _written(self, moment: datetime) -> str:
        return as_written(moment, self.example, self.zone)


Range = NumberRange | TextRange | TimeRange


def range_of(cursor: Described, settings: Settings, now: datetime) -> Range:
    """Return what a pull of this cursor column asks for.

    Raises:
        SourceError: `start`, `overlap` or a missing `zone` do not fit the column's values.

    """
    start, overlap = settings.start, settings.overlap
    if cursor.kind in (Kind.NUMBER, Kind.TEXT):
        if isinstance(overlap, timedelta) or (overlap and cursor.kind is Kind.TEXT):
            raise _unfit(cursor, f"no overlap of {overlap}")
        text = None if start is None else str(start)
        if cursor.kind is Kind.TEXT:
            return TextRange(text, now)
        return NumberRange(text, overlap or 0, now)
    if isinstance(overlap, int):
        raise _unfit(cursor, "an overlap that is a length of time, such as `1 minute`")
    if cursor.kind is not Kind.ZONED and settings.zone is None:
        raise _unfit(cursor, "their `zone`, such as UTC or Europe/London")
    example = cursor.example or EXAMPLES[cursor.kind]
    return TimeRange(
        _start(cursor, settings, example),
        example,
        settings.zone if cursor.kind is not Kind.ZONED else None,
        USUAL_OVERLAP if overlap is None else overlap,
        now,
    )


def _start(cursor: Described, settings: Settings, example: str) -> str | None:
    if settings.start is None:
        return None
    moment = as_time(settings.start)
    if moment is None:
        raise _unfit(cursor, "a start that is a time, such as 2026-01-01T00:00:00Z")
    return as_written(moment, example, settings.zone)


def _unfit(cursor: Described, expected: str) -> SourceError:
    return SourceError(f"sql: the cursor column {cursor.name} holds {cursor.kind}: say {expected}")
