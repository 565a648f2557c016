"""What a feed's `sql` section says beside the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# How late a row is taken to be committed where the feed says nothing.
USUAL_OVERLAP = timedelta(minutes=1)


@dataclass(frozen=True)
class Settings:
    """What to ask and how.

    `query` is one SELECT. `cursor` None: it is read whole each time. `overlap` is a length for
    times and a number for numbers; None is the usual: `USUAL_OVERLAP`, or 0. `zone` is that of
    cursor values without an offset.
    """

    query: str
    cursor: str | None = None
    start: str | int | float | date | datetime | None = None
    overlap: timedelta | int | None = None
    limit: int = 50_000
    zone: ZoneInfo | None = None
    timeout: timedelta = timedelta(minutes=1)
