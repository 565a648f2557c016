"""Times as a cursor column writes them: read and written alike.

Databases without types (SQLite) compare times as text, so a bound must be written exactly as the
rows are: same separator, same digits, same offset.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from anfl_assets.collect.connect.sql_database import Kind

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:(?P<between>[ T])\d\d:\d\d(?P<seconds>:\d\d(?:\.(?P<digits>\d{1,9}))?)?"
    r"(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?)?",
)


def kind_of_text(text: str) -> Kind:
    """Return what kind of time a text is; TEXT where it is none."""
    found = _FORM.fullmatch(text)
    if found is None or _moment(text) is None:
        return Kind.TEXT
    if found["between"] is None:
        return Kind.DATE
    return Kind.LOCAL if found["offset"] is None else Kind.ZONED


def as_written(moment: datetime, example: str, zone: ZoneInfo | None) -> str:
    """Return an aware moment as `example` is written, cut off below its last digit.

    `zone` is that of times without an offset; those with one keep the example's.
    """
    found = _FORM.fullmatch(example)
    if found is None:
        msg = f"{example!r} is no time"
        raise ValueError(msg)
    local = moment.astimezone(_offset(found["offset"]) or zone or UTC)
    if found["between"] is None:
        return local.date().isoformat()
    digits = len(found["digits"] or "")
    text = local.strftime(f"%Y-%m-%d{found['between']}%H:%M" + (":%S" if found["seconds"] else ""))
    if digits:
        text += f".{local.microsecond:06}".ljust(digits + 1, "0")[: digits + 1]
    return text + (found["offset"] or "")


def moment_of(text: str, zone: ZoneInfo | None) -> datetime:
    """Return the moment a time was written for; digits below the microsecond are cut off."""
    moment = _moment(text)
    if moment is None:
        msg = f"{text!r} is no time"
        raise ValueError(msg)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or "0")
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if text[0] == "-" else length)
