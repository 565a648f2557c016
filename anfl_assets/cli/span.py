"""A length of time as people type it at the command line: `2h`, `90m`, `1d12h`, `2 hours`."""

from __future__ import annotations

import re
from datetime import timedelta

import click

_UNITS = {
    "s": ("s", "sec", "second", "seconds"),
    "m": ("m", "min", "minute", "minutes"),
    "h": ("h", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_NAMES = {name: unit for unit, names in _UNITS.items() for name in names}
_PART = re.compile(r"(\d{1,9})\s*([a-z]+)\s*")
_LONGEST = timedelta(days=10_000)


class Span(click.ParamType[timedelta]):
    """A positive length of time, up to `most`."""

    name = "SPAN"

    def __init__(self, most: timedelta = _LONGEST) -> None:
        """Keep the longest that is allowed."""
        self.most = most

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it; what is no span is said with an example."""
        if isinstance(value, timedelta):
            return value
        span = _span(value.strip().lower())
        if span is None:
            self.fail(f"{value!r} is no length of time such as 30m, 2h or 1d", param, ctx)
        if span > self.most:
            self.fail(f"{value!r} is longer than {self.most.days} days", param, ctx)
        return span


def _span(text: str) -> timedelta | None:
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text) or any(unit not in _NAMES for _, unit in parts):
        return None
    seconds = sum(int(number) * _SECONDS[_NAMES[unit]] for number, unit in parts)
    return min(timedelta(seconds=min(seconds, 10**10)), _LONGEST * 2) if seconds else None
