"""Spans of time of the catalog, as the specification writes them (§2-§4).

Lives here: `Duration` (`90 days`, `Permanent`), `Cadence` (`Daily`, `5-minute intervals`), `Hold`
(`2 evaluations`), each with its text form.
Nothing here reads a clock; numbers with physical units are in `quantity.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal

from anfl_assets.errors import BadQuantity

# A month, quarter or year counts as its longest: the catalog's durations are limits ("silent for
# longer than two months"), and a limit must not fall inside the period it allows.
_SECONDS: Mapping[str, int] = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 31 * 86_400,
    "quarter": 92 * 86_400,
    "year": 366 * 86_400,
}
_NEVER_ENDING = ("None", "Permanent")
_DURATION = re.compile(r"(\d+) ([a-z]+?)s?")
_INTERVALS = re.compile(r"(\d+)-([a-z]+) intervals")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_EVALUATIONS = re.compile(r"(\d+) evaluations?")


@dataclass(frozen=True)
class Duration:
    """`count` times `unit` (`90 days`); without a count `unit` is the word None or Permanent."""

    count: int | None
    unit: str

    def __str__(self) -> str:
        """Return the form `parse_duration` reads."""
        if self.count is None:
            return self.unit
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")

    @property
    def is_endless(self) -> bool:
        """Whether it never comes to an end: `Permanent` retention, escalation `None`."""
        return self.count is None

    @property
    def seconds(self) -> int | None:
        """Length in seconds, a calendar unit at its longest; None where it never ends."""
        return None if self.count is None else self.count * _SECONDS[self.unit]

    @property
    def timedelta(self) -> timedelta | None:
        """`seconds` as a timedelta."""
        return None if self.seconds is None else timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Cadence:
    """How often something happens: as a stream, per event, or every so often."""

    text: str
    kind: Literal["stream", "event", "interval"]
    every: Duration | None = None

    def __str__(self) -> str:
        """Return the form `parse_cadence` reads."""
        return self.text


@dataclass(frozen=True)
class Hold:
    """How long a status must last before it alerts: evaluations in a row, or a duration."""

    evaluations: int | None = None
    duration: Duration | None = None

    def __str__(self) -> str:
        """Return the form `parse_hold` reads."""
        if self.evaluations is None:
            return str(self.duration)
        return f"{self.evaluations} evaluation" + ("" if self.evaluations == 1 else "s")


_CADENCES: Mapping[str, Cadence] = {
    cadence.text: cadence
    for cadence in (
        Cadence("Real-time", "stream"),
        Cadence("Continuous", "stream"),
        Cadence("Per event", "event"),
        Cadence("Hourly", "interval", Duration(1, "hour")),
        Cadence("Daily", "interval", Duration(1, "day")),
        Cadence("Weekly", "interval", Duration(1, "week")),
        Cadence("Monthly", "interval", Duration(1, "month")),
        Cadence("Quarterly", "interval", Duration(1, "quarter")),
    )
}


def parse_duration(text: str) -> Duration:
    """Read `90 days`, `5 minutes`, `1 hour`, `None`, `Permanent`.

    Raises:
        BadQuantity: the text is no duration of the closed list of units.
    """
    if text in _NEVER_ENDING:
        return Duration(None, text)
    match = _DURATION.fullmatch(text)
    if match is None or match[2] not in _SECONDS:
        message = (
            f"{text!r} is no duration; expected a whole number and one of "
            f"{', '.join(f'{unit}s' for unit in _SECONDS)}, or None, or Permanent"
        )
        raise BadQuantity(message)
    return Duration(int(match[1]), match[2])


def parse_cadence(text: str) -> Cadence:
    """Read `Real-time`, `Continuous`, `Per event`, `Daily`, `5-minute intervals`.

    Raises:
        BadQuantity: the text is no cadence.
    """
    if text in _CADENCES:
        return _CADENCES[text]
    match = _INTERVALS.fullmatch(text)
    if match is None or match[2] not in _SECONDS or int(match[1]) == 0:
        message = (
            f"{text!r} is no cadence; expected one of {', '.join(_CADENCES)}, or "
            "such as 5-minute intervals"
        )
        raise BadQuantity(message)
    every = Duration(int(match[1]), match[2])
    return Cadence(f"{every.count}-{every.unit} intervals", "interval", every)


def parse_hold(text: str) -> Hold:
    """Read `2 evaluations` or a duration such as `10 minutes`.

    Raises:
        BadQuantity: neither evaluations nor a duration with an end.
    """
    match = _EVALUATIONS.fullmatch(text)
    if match is not None and int(match[1]) > 0:
        return Hold(evaluations=int(match[1]))
    return Hold(duration=_ending(text, "a hold", "2 evaluations or 10 minutes"))


def parse_limit(text: str) -> Duration:
    """Read a duration that comes to an end.

    Raises:
        BadQuantity: the text is no duration, or None or Permanent.
    """
    return _ending(text, "a duration with an end", "90 days")


def parse_clock(text: str) -> time:
    """Read a time of day such as `07:00`.

    Raises:
        BadQuantity: the text is no time of a 24-hour clock.
    """
    if not _CLOCK.fullmatch(text):
        message = f'{text!r} is no time of day; expected hours and minutes, in quotes: "07:00"'
        raise BadQuantity(message)
    return time.fromisoformat(text)


def _ending(text: str, kind: str, example: str) -> Duration:
    try:
        duration = parse_duration(text)
    except BadQuantity:
        duration = None
    if duration is None or duration.is_endless:
        message = f"{text!r} is not {kind}; expected such as {example}"
        raise BadQuantity(message)
    return duration
