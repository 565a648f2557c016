"""What a feed's `sql` section says beside the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from anfl_assets.collect.connect.sql_statement import all_of, one_select
from anfl_assets.config.section import Section

# How late a row is taken to be committed where the feed says nothing.
USUAL_OVERLAP = timedelta(minutes=1)
_MOST_ROWS = 1_000_000
_LONGEST = timedelta(days=1)


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


def read_settings(section: Section, feed: Section) -> Settings | None:
    """Return what the section says, None where it asks for nothing; faults noted."""
    query, cursor = _query(section), section.text("cursor")
    if cursor is None and not feed.content.get("key"):
        expected = "a column that grows, or the feed's `key` to tell rows apart"
        section.fault("cursor", expected, "nothing")
    settings = Settings(
        query or "",
        cursor,
        start=_start(section),
        overlap=_overlap(section),
        limit=section.count("limit", default=Settings.limit, most=_MOST_ROWS),
        zone=section.zone("zone"),
        timeout=_length(section, "timeout") or Settings.timeout,
    )
    return None if query is None else settings


def _query(section: Section) -> str | None:
    stated = [name for name in ("query", "table") if name in section.content]
    if len(stated) != 1:
        section.fault("query", "either query or table", ", ".join(stated) or "neither")
        return None
    text = section.text(stated[0])
    if text is None:
        return None
    query = one_select(text) if stated == ["query"] else all_of(text)
    if query is None:
        expected = {"query": "one SELECT or WITH", "table": "table or schema.table"}
        section.fault(stated[0], expected[stated[0]])
    return query


def _start(section: Section) -> str | int | float | date | None:
    start = section.content.get("start")
    if start is None:
        return None
    if isinstance(start, bool) or not isinstance(start, str | int | float | date):
        section.fault("start", "a time, a number or a text")
        return None
    if "cursor" not in section.content:
        section.fault("start", "no start: without a cursor the whole query is read")
    return start


def _overlap(section: Section) -> timedelta | int | None:
    given = section.content.get("overlap")
    if isinstance(given, int) and not isinstance(given, bool):
        if given < 0:
            section.fault("overlap", "a number of 0 or more")
        return given
    return _length(section, "overlap")


def _length(section: Section, name: str) -> timedelta | None:
    period = section.period(name)
    if period is None:
        return None
    if period.length is None or period.length > _LONGEST:
        section.fault(name, "at most 1 day")
    return period.length
