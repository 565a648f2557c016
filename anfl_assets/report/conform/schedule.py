"""Schedules as facts, and which of them serves a cadence of the specification (§1, §2.1).

A cadence is served by a schedule that comes round at least as often. A stream is served by one
that comes round within the shortest window anything is judged on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anfl_assets.catalog.duration import Cadence

# Real-time, continuous and per event have no number; five minutes is the shortest judged window.
STREAM_S = 300
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_WEEK_DAYS, _MONTH_DAYS, _MONTHS = 7, 31, 12
# Two months are at most 62 days, three 92: the catalog counts calendar units at their longest too.
_LONGEST_DAYS = {1: 31, 2: 62, 3: 92, 4: 123, 6: 184, 12: 366}


@dataclass(frozen=True)
class Schedule:
    """A schedule: when it comes round (cron, UTC) and the sources it collects before it builds."""

    name: str
    cron: str
    sources: tuple[str, ...]

    @property
    def period_s(self) -> int:
        """Longest time between two rounds."""
        minute, hour, day, month, weekday = self.cron.split()
        if month != "*":
            return _LONGEST_DAYS[_MONTHS // len(month.split(","))] * _DAY_S
        if day != "*":
            return _MONTH_DAYS * _DAY_S
        if weekday != "*":
            return _WEEK_DAYS * _DAY_S
        if hour != "*":
            return _DAY_S
        if minute == "*":
            return _MINUTE_S
        return int(minute[2:]) * _MINUTE_S if minute.startswith("*/") else _HOUR_S

    def __str__(self) -> str:
        """Return name and cron."""
        return f"{self.name} ({self.cron})"


def serving(schedules: Iterable[Schedule], cadence: Cadence) -> Schedule | None:
    """Return the slowest schedule that is often enough: the one meant for it; None if none is."""
    enough = [each for each in schedules if each.period_s <= longest_wait_s(cadence)]
    return max(enough, key=lambda each: each.period_s, default=None)


def longest_wait_s(cadence: Cadence) -> int:
    """Return the longest time between two rounds that still serves the cadence."""
    every = cadence.every.seconds if cadence.every else None
    return STREAM_S if every is None else every
