"""How a window of time is named: minutes by their end, days and months by name; UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

from anfl_assets.wording.numbers import NOTHING


def window_name(grain: str, start: datetime | None, end: datetime | None) -> str:
    """Name a window shortly: `2026-11-22`, `Aug–Oct 2026`, `5 minutes to 11-23 14:05`."""
    if start is None or end is None:
        return NOTHING
    last = end - timedelta(microseconds=1)
    named = {
        "day": f"{last:%Y-%m-%d}",
        "week": f"week to {last:%m-%d}",
        "month": _months(start, last),
        "quarter": f"Q{(last.month + 2) // 3} {last.year}",
        "30 days": f"30 days to {last:%m-%d}",
        "event": f"event {start:%m-%d %H:%M}",
    }
    return named.get(grain, f"{grain} to {end:%m-%d %H:%M}")


def _months(start: datetime, last: datetime) -> str:
    """Name one month, or the span of a trailing window."""
    return f"{last:%b %Y}" if start.month == last.month else f"{start:%b}–{last:%b %Y}"
