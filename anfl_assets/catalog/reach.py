"""How far a changed day carries: `7 days`, `1 month`, `4 quarters`, `onward`.

A reach maps a changed day of a parent to the days of a child it may change, and a day of a child to
the days of the parent it is computed from. Coarse observations are kept under the last day of their
week, month or quarter, so a calendar reach lands on those days. Known as lookback elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from anfl_assets.errors import BadQuantity

_TEXT = re.compile(r"(\d+) (day|week|month|quarter)s?")
_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Reach:
    """One declared reach: `count` whole `unit`s forward, or every later day (`onward`)."""

    unit: str
    count: int = 0

    def __str__(self) -> str:
        """Return the form `parse_reach` reads."""
        if self.unit == "onward":
            return self.unit
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")

    def changed(self, day: date, until: date) -> set[date]:
        """Days of the child, up to `until`, that a change on `day` may change."""
        if self.unit == "onward":
            return {day + timedelta(days=n) for n in range((until - day).days + 1)}
        return {found for n in range(self.count + 1) if (found := self._ahead(day, n)) <= until}

    def needed(self, day: date) -> set[date]:
        """Days of the parent that the child's `day` is computed from.

        An onward child knows what it settled earlier, so it needs only the day itself.
        """
        if self.unit == "onward":
            return {day}
        if self.unit in _MONTHS:
            first = _add_months(_last_day(day, self.unit), -_MONTHS[self.unit] * (self.count + 1))
            first += timedelta(days=1)
        elif self.unit == "week":
            first = _sunday(day) - timedelta(days=7 * self.count + 6)
        else:
            first = day - timedelta(days=self.count)
        return {first + timedelta(days=n) for n in range((self._last(day) - first).days + 1)}

    def _last(self, day: date) -> date:
        if self.unit in _MONTHS:
            return _last_day(day, self.unit)
        return _sunday(day) if self.unit == "week" else day

    def _ahead(self, day: date, n: int) -> date:
        if self.unit in _MONTHS:
            return _add_months(_last_day(day, self.unit), _MONTHS[self.unit] * n)
        if self.unit == "week":
            return _sunday(day) + timedelta(days=7 * n)
        return day + timedelta(days=n)


SAME_DAY = Reach("day", 0)


def parse_reach(text: str) -> Reach:
    """Read `onward` or a count of days, weeks, months or quarters, also zero.

    Raises:
        BadQuantity: the text is no reach.
    """
    if text == "onward":
        return Reach("onward")
    match = _TEXT.fullmatch(text)
    if match is None:
        message = (
            f"{text!r} is not a reach; expected onward or a count of days, weeks, months or "
            "quarters such as '7 days'"
        )
        raise BadQuantity(message)
    return Reach(match[2], int(match[1]))


def quarter_end(day: date) -> date:
    """Last day of the quarter `day` lies in: no observation is kept under a later one."""
    return _last_day(day, "quarter")


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _last_day(day: date, unit: str) -> date:
    months = day.month if unit == "month" else (day.month + 2) // 3 * 3
    following = date(day.year + months // 12, months % 12 + 1, 1)
    return following - timedelta(days=1)


def _add_months(last_day: date, count: int) -> date:
    """Move a month's last day by whole months, to a month's last day."""
    year, month = divmod(last_day.year * 12 + last_day.month - 1 + count, 12)
    return _last_day(date(year, month + 1, 1), "month")
