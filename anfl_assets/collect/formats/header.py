"""Comparing what a file holds with what its feed names.

Columns are matched by name, never by position, so a swapped header is harmless and a missing one
is found. A name that stands twice is an error only where the feed reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import zip_longest

from anfl_assets.collect.feed import Feed
from anfl_assets.collect.shape.mask import Mask
from anfl_assets.errors import SourceError

_VALUE = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*")
_SHOWN = 40


def require_columns(feed: Feed, found: Sequence[str], *, where: str) -> None:
    """Check that every column the feed needs stands exactly once among those found.

    Raises:
        SourceError: naming the missing and the ambiguous columns, all found and all expected.

    """
    # In place of a header there may be a record of persons.
    hidden = f"{len(found)} columns, not shown as the feed masks persons"
    is_masked = any(isinstance(step, Mask) for step in feed.shape)
    shown = hidden if is_masked else None
    require_names(feed.read, found, where=where, feed=feed.name, shown=shown)


def require_names(
    needed: Sequence[str],
    found: Sequence[str],
    *,
    where: str,
    feed: str,
    shown: str | None = None,
) -> None:
    """Check that every needed column stands exactly once among those found.

    `shown` stands for the list of those found, where that must not be seen.

    Raises:
        SourceError: as `require_columns`.

    """
    missing = [name for name in needed if name not in found]
    twice = [name for name in needed if found.count(name) > 1]
    if not missing and not twice:
        return
    complaints = [f"column {name!r} is missing{_nearest(name, found)}" for name in missing]
    complaints += [f"column {name!r} stands twice in the header" for name in twice]
    if missing and any(_VALUE.fullmatch(text.strip()) for text in found):
        complaints.append(
            "the first line looks like values: is the header line missing? "
            "(if the file has none, give the feed `header: [names…]`)",
        )
    msg = (
        f"{where}: {'; '.join(complaints)}. Found: {shown or _listed(found)}. "
        f"Expected by feed {feed}: {_listed(needed)}"
    )
    raise SourceError(msg)


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with later repetitions numbered: `a`, `a (2)`; empty ones by position."""
    unique: list[str] = []
    for position, text in enumerate(names, start=1):
        name = text or f"column {position}"
        count = 1
        while (numbered := name if count == 1 else f"{name} ({count})") in unique:
            count += 1
        unique.append(numbered)
    return unique


def joined_names(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Return one name a column: its cells from top to bottom joined by `|`, empty ones left out."""
    columns = zip_longest(*rows)
    return ["|".join(filter(None, ((cell or "").strip() for cell in cells))) for cells in columns]


def optional_columns(feed: Feed) -> set[str]:
    """Source columns that only feed columns which may be null or have a default.

    JSON records may leave them out.
    """
    nullable = {column.name for column in feed.table.columns if column.is_nullable}
    required = {condition.column for condition in feed.where} | set(feed.key)
    for name, expression in feed.columns.items():
        if name not in nullable and expression.default is None:
            required |= set(expression.sources)
    for step in reversed(feed.shape):
        required = set(step.before(tuple(required)))
    return set(feed.read) - required


def _nearest(name: str, found: Sequence[str]) -> str:
    by_folded = {text.strip().casefold(): text for text in found}
    near = get_close_matches(name.strip().casefold(), by_folded, n=1, cutoff=0.75)
    return f" (did you mean {by_folded[near[0]]!r}?)" if near else ""


def _listed(names: Sequence[str]) -> str:
    shown = [name if len(name) <= _SHOWN else name[:_SHOWN] + "…" for name in names[:_SHOWN]]
    more = f", … and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(shown) + more
