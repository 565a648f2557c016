"""Lengths of time as `feeds.yaml` writes them: `15 minutes`, `1 day`, `1 quarter`.

Months and quarters are calendar lengths, so a period is not a timedelta. Used for freshness
(`expect_every`), for completeness (`complete_to`) and, as plain seconds, for `max_carry`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_TEXT = re.compile(r"(\d+)\s+([a-z]+?)s?")
UNITS = (*_SECONDS, *_MONTHS)
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """A whole number of calendar or clock units, in UTC."""

    count: int
    unit: str

    def __str__(self) -> str:
        """Render as it is written: `1 day`, `5 minutes`."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def length(self) -> timedelta | None:
        """The exact length, or None for months, quarters and years."""
        seconds = _SECONDS.get(self.unit)
        return None if seconds is None else timedelta(seconds=seconds * self.count)

    def after(self, at: datetime) -> datetime:
        """Return the moment one period later; a day past the month's end becomes its last."""
        length = self.length
        if length is not None:
            return at + length
        month = at.year * 12 + at.month - 1 + _MONTHS[self.unit] * self.count
        year, month = divmod(month, 12)
        day = min(at.day, monthrange(year, month + 1)[1])
        return at.replace(year=year, month=month + 1, day=day)

    def ceiling(self, at: datetime) -> datetime:
        """Return the first boundary of this period at or after `at`; weeks begin on Monday."""
        at = at.astimezone(UTC)
        length = self.length
        if length is not None:
            return _MONDAY - (_MONDAY - at) // length * length
        months = _MONTHS[self.unit] * self.count
        year, month = divmod((at.year * 12 + at.month - 1) // months * months, 12)
        floor = datetime(year, month + 1, 1, tzinfo=UTC)
        return floor if floor == at else self.after(floor)


def parse_period(text: str) -> Period | None:
    """Read `15 minutes`; None when the text is no period or counts zero."""
    match = _TEXT.fullmatch(text.strip().lower())
    if match is None or match[2] not in UNITS or int(match[1]) == 0:
        return None
    return Period(int(match[1]), match[2])
