"""Where values and days of a drawing stand: round values on rows, whole days in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_ROUND = (1.0, 2.0, 2.5, 5.0)
_INTERVALS = range(3, 7)
# A value that does not move still needs a height: a tenth of itself each way.
_STILL = 0.1
_ABOUT = 1e-9
# A date with its year is ten characters; around its tick it leaves room for a neighbour without.
_APART = 9
_WEEK, _MONTHS_A_YEAR = 7, 12
_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60)


@dataclass(frozen=True)
class Heights:
    """Values by row: the middle of the top row is `high`; each `each` rows further is a tick."""

    high: float
    step: float
    each: int
    ticks: int

    @property
    def rows(self) -> int:
        """How many rows there are: the ticks stand in the middle of the first and the last."""
        return (self.ticks - 1) * self.each + 1

    def depth(self, value: float) -> float:
        """Return how many rows below the upper edge a value is, from 0 to `rows`."""
        below = (self.high - value) / self.step * self.each + 0.5
        return min(max(below, 0.0), self.rows - 1e-6)

    def row(self, value: float) -> int:
        """Return the row a value is in, 0 the top."""
        return int(self.depth(value))

    def value(self, row: int) -> float:
        """Return the value in the middle of a row."""
        return self.high - row * self.step / self.each

    def labels(self) -> dict[int, str]:
        """Return the ticks by row: `1,250`, as many decimals as the step needs."""
        decimals = max(0, -math.floor(math.log10(self.step)))
        if not math.isclose(self.step, round(self.step, decimals), rel_tol=1e-6):
            decimals += 1
        ticks = range(self.ticks)
        # `+ 0.0` makes a zero of a minus zero.
        return {
            tick * self.each: f"{round(self.high - tick * self.step, decimals) + 0.0:,.{decimals}f}"
            for tick in ticks
        }


def heights(low: float, high: float, *, rows: int) -> Heights:
    """Return about `rows` rows that hold two values, with round ticks."""
    if high - low <= _ABOUT * max(abs(low), abs(high)):
        room = abs(high) * _STILL or 1.0
        low, high = low - room, high + room
    size = 10.0 ** math.floor(math.log10(high - low))
    steps = [each * size / 10 * power for power in (10, 1) for each in reversed(_ROUND)]
    fits = [fit for step in steps if (fit := _fit(low, high, step, rows)).ticks - 1 in _INTERVALS]
    # The least empty paper, as rows beyond the values say nothing; of two alike the fewer ticks.
    return min(fits, key=lambda fit: round(fit.step * (fit.ticks - 1) / (high - low), 6))


def _fit(low: float, high: float, step: float, rows: int) -> Heights:
    first = math.floor(low / step + _ABOUT)
    last = max(math.ceil(high / step - _ABOUT), first + 1)
    return Heights(last * step, step, max(1, round((rows - 1) / (last - first))), last - first + 1)


@dataclass(frozen=True)
class Days:
    """Days by column: `known` days up to `last_day`, then `ahead` days; `per` in each column.

    The first day ahead begins a column, so that no column holds both.
    """

    last_day: date
    known: int
    ahead: int
    per: int

    @property
    def known_columns(self) -> int:
        """How many columns the known days take."""
        return -(-self.known // self.per)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.known_columns - (-self.ahead // self.per)

    def column(self, lead: int) -> int:
        """Return the column of a day; lead 1 is the first one ahead, 0 the last known."""
        return self.known_columns + (lead - 1) // self.per

    def half(self, lead: int) -> int:
        """Return the half column a day's dot stands in."""
        return 2 * self.known_columns + math.floor((lead - 0.5) * 2 / self.per)

    def lead(self, day: date) -> int:
        """Return how far after the last known day a day is."""
        return (day - self.last_day).days

    def ticks(self) -> list[date]:
        """Return days worth a label: Mondays, or first days of months, far enough apart."""
        first = self.last_day - timedelta(days=self.known - 1)
        length = self.known + self.ahead
        days = [first + timedelta(days=each) for each in range(length)]
        apart = _APART * self.per
        for weeks in (1, 2):
            if apart <= weeks * _WEEK:
                return [each for each in days if each.weekday() == 0][::weeks]
        months = next(each for each in _STEPS_MONTHS if each * 28 >= apart or each == 60)  # noqa: PLR2004
        return [each for each in days if each.day == 1 and _month(each) % months == 0]


def _month(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1


def days_that_fit(
    columns: int, *, last_day: date, known: int, ahead: int, asked: int | None
) -> Days:
    """Return as many known days as fit beside those ahead, or those `asked` for however many.

    Without asking at least as many as lie ahead are shown, where they are known.
    """
    if asked is not None:
        shown = min(asked, known)
        return Days(last_day, shown, ahead, per=_per(columns, shown, ahead))
    per = _per(columns, ahead, ahead)
    room = (columns + (-ahead // per)) * per
    return Days(last_day, min(room, known), ahead, per)


def _per(columns: int, known: int, ahead: int) -> int:
    per = 1
    while -(-known // per) - (-ahead // per) > columns:
        per += 1
    return per


def span(values: Sequence[float | None]) -> tuple[float, float] | None:
    """Return the lowest and the highest value; None where there is none."""
    present = [value for value in values if value is not None]
    return (min(present), max(present)) if present else None
