"""How a moment may be given in Python: a datetime, a date, or ISO 8601 as text; always UTC inside.

The same readings as `--as-of` on the command line.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from anfl_assets.errors import UserError

Moment = datetime | date | str


def utc(given: Moment) -> datetime:
    """Return the moment in UTC: a time without an offset is UTC, a date is its first moment.

    Raises:
        UserError: the text is no ISO 8601 date or time.
    """
    moment = _parsed(given) if isinstance(given, str) else given
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def earliest(*given: Moment | None) -> datetime | None:
    """Return the earliest of those that are given; None where none is."""
    return min((utc(each) for each in given if each is not None), default=None)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no ISO 8601 date or time such as 2026-09-01T12:00Z"
        raise UserError(message) from None
