"""The calendar of one generated company: eighteen months that end at `as_of`.

Instants are microseconds since 1970 UTC as NumPy integers, so that whole columns are made at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from anfl_assets.errors import UserError

Instants = npt.NDArray[np.int64]
MONTHS = 18
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WEEK = 7 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 1970-01-01 was a Thursday; weeks begin on Monday.
_FIRST_MONDAY = 4 * DAY


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware time, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(instant: int) -> datetime:
    """The aware time of an instant."""
    return _EPOCH + timedelta(microseconds=int(instant))


def as_times(instants: Instants) -> pl.Series:
    """A Polars column of UTC timestamps."""
    return pl.Series(instants).cast(pl.Datetime("us", "UTC"))


def month_after(day: date, months: int) -> date:
    """First day of the month `months` after (or, if negative, before) that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date) -> int:
    return micros(datetime.combine(day, time(), tzinfo=UTC))


@dataclass(frozen=True)
class Timeline:
    """Where the generated history begins and ends, and what is closed at its end."""

    as_of: datetime

    def __post_init__(self) -> None:
        """Refuse an `as_of` that is not midnight UTC: days could not be whole."""
        is_utc = self.as_of.tzinfo is not None and self.as_of.utcoffset() == timedelta(0)
        if not is_utc or self.as_of.time() != time():
            message = (
                f"as-of: found {self.as_of.isoformat()}; expected midnight UTC, "
                "such as 2026-11-16T00:00:00+00:00"
            )
            raise UserError(message)

    @property
    def end(self) -> int:
        """`as_of` as an instant: everything generated lies before it."""
        return micros(self.as_of)

    @cached_property
    def months(self) -> tuple[int, ...]:
        """Starts of the eighteen closed months, of the open one and of the one after it."""
        first = month_after(self.as_of.date(), -MONTHS)
        return tuple(_midnight(month_after(first, step)) for step in range(MONTHS + 2))

    @property
    def start(self) -> int:
        """The first instant of the history."""
        return self.months[0]

    def before(self, duration: timedelta) -> int:
        """The instant `duration` before `as_of`."""
        return self.end - duration // timedelta(microseconds=1)

    def closed_month(self, back: int = 0) -> tuple[int, int]:
        """Start and end of the last closed month, or of one `back` months earlier."""
        return self.months[MONTHS - 1 - back], self.months[MONTHS - back]

    @property
    def closed_week(self) -> tuple[int, int]:
        """Start and end of the last closed week, Monday to Sunday."""
        end = self.end - (self.end - _FIRST_MONDAY) % WEEK
        return end - WEEK, end

    def closed_quarter(self, back: int = 0) -> tuple[date, date]:
        """First day of the last closed quarter (or one `back` earlier) and of the one after it."""
        today = self.as_of.date()
        after = month_after(today, -((today.month - 1) % 3) - 3 * back)
        return month_after(after, -3), after

    def week_of(self, instants: Instants) -> Instants:
        """Start of the week of each instant."""
        return instants - (instants - _FIRST_MONDAY) % WEEK


def grid(start: int, end: int, step: int) -> Instants:
    """Instants from `start` until before `end`, `step` apart."""
    return np.arange(start, end, step, dtype=np.int64)


def daily_wave(instants: Instants, *, peak_hour: float) -> npt.NDArray[np.float64]:
    """A wave between -1 and 1 with its top at `peak_hour` UTC."""
    hour = (instants % DAY) / HOUR
    return np.cos((hour - peak_hour) / 24.0 * 2.0 * np.pi)


def is_weekend(instants: Instants) -> npt.NDArray[np.bool_]:
    """Whether each instant falls on a Saturday or Sunday."""
    return (instants - _FIRST_MONDAY) % WEEK >= 5 * DAY
