"""How a window of time is named: minutes by their end, days and months by name; UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from anfl_assets.wording.numbers import NOTHING

_DAY, _DAY_OF_A_YEAR = "%m-%d", "%Y-%m-%d"


def window_name(grain: str, start: datetime | None, end: datetime | None) -> str:
    """Name a window shortly, as of now: `30 days to 11-22`, `5 minutes to 11-23 14:05`."""
    return NOTHING if start is None or end is None else _named(grain, start, end, day=_DAY)


def full_window_name(grain: str, start: datetime | None, end: datetime | None) -> str:
    """Name a window for who reads it next year: `30 days to 2026-11-22`, `Aug–Oct 2026`."""
    if start is None or end is None:
        return NOTHING
    return _named(grain, start, end, day=_DAY_OF_A_YEAR)


def _named(grain: str, start: datetime, end: datetime, *, day: str) -> str:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    last = end - timedelta(microseconds=1)
    named = {
        "day": f"{last:%Y-%m-%d}",
        "week": f"week to {last:{day}}",
        "month": _months(start, last),
        "quarter": f"Q{(last.month + 2) // 3} {last.year}",
        "30 days": f"30 days to {last:{day}}",
        "event": f"event {start:{day} %H:%M}",
    }
    return named.get(grain, f"{grain} to {end:{day} %H:%M}")


def _months(start: datetime, last: datetime) -> str:
    """Name one month, or the span of a trailing window."""
    return f"{last:%b %Y}" if start.month == last.month else f"{start:%b}–{last:%b %Y}"
