"""A message that is sent much later than it was decided says so. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.deliver.message import Message

# Sooner than that nobody notices; a digest is late by nature.
LATE = timedelta(minutes=2)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def with_age(message: Message, *, now: datetime) -> Message:
    """Return the message with its age in the note where it is late."""
    age = now - message.at
    if age < LATE or message.reason == "digest":
        return message
    note = f"Sent {_span(age)} late: this was true at {message.at:%d %b %H:%M} UTC."
    # First, as media cut a long note at its end.
    return replace(message, note=f"{note} {message.note}".rstrip())


def _span(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < _HOUR:
        return _counted(seconds // _MINUTE, "minute")
    if seconds < _DAY:
        return _two(seconds // _HOUR, "hour", seconds % _HOUR // _MINUTE, "minute")
    return _two(seconds // _DAY, "day", seconds % _DAY // _HOUR, "hour")


def _two(many: int, unit: str, few: int, part: str) -> str:
    return _counted(many, unit) + (f" {_counted(few, part)}" if few else "")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
