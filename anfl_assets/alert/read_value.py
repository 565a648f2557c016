"""Single values of an organisation's `alerts.yaml`: spans, times, levels, and words of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from anfl_assets.catalog import parse_limit
from anfl_assets.config.section import Section, nearest
from anfl_assets.errors import BadQuantity

T = TypeVar("T")
NEVER = "None"
_MOST_REPEATS = 100


def parsed(section: Section, name: str, parse: Callable[[str], T]) -> T | None:
    """Return the text at `name` as `parse` reads it; None where it is absent or wrong."""
    text = section.text(name)
    if text is None:
        return None
    try:
        return parse(text)
    except BadQuantity as error:
        found, _, expected = str(error).partition("; expected ")
        section.fault(name, expected or "another value", found)
        return None


def span(section: Section, name: str, default: timedelta) -> timedelta:
    """Return the length of time at `name`."""
    length = parsed(section, name, parse_limit)
    return default if length is None or length.timedelta is None else length.timedelta


def span_or_never(section: Section, name: str, default: timedelta | None) -> timedelta | None:
    """Return the length of time at `name`; None where it says `None`: never."""
    if section.content.get(name) == NEVER:
        return None
    length = parsed(section, name, parse_limit)
    return default if length is None else length.timedelta


def repeats(section: Section, name: str, default: int) -> int:
    """Return how often something is done again."""
    value = section.content.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_REPEATS:
        section.fault(name, f"a whole number from 0 to {_MOST_REPEATS}")
        return default
    return value


def moment(section: Section, name: str) -> datetime | None:
    """Return the moment at `name`, which must say its offset from UTC."""
    text = section.text(name)
    try:
        at = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        section.fault(name, "a moment with its zone, such as 2026-12-01T02:00Z")
        return None
    return at.astimezone(UTC)


def words(
    section: Section, name: str, known: Collection[str] | None = None
) -> tuple[str, ...] | None:
    """Return the words at `name`, each once and each known; None where the key is absent.

    Without `known` any word is one.
    """
    found = section.texts(name)
    if found is None:
        return None
    for word in found:
        if not word.strip():
            section.fault(name, "words that are not empty")
        elif found.count(word) > 1:
            section.fault(name, f"{word!r} once")
            break
        elif known is not None and word not in known:
            section.fault(name, f"one of {', '.join(known)}{nearest(word, known)}", repr(word))
    return found
