"""Named groups of a regular expression (Rust syntax), which become columns."""

from __future__ import annotations

import polars as pl


def group_names(pattern: str) -> tuple[str, ...] | None:
    """Return the names of its named groups in order; None where it is no regular expression."""
    try:
        found = pl.Series([""]).str.extract_groups(pattern)
    except pl.exceptions.PolarsError:
        return None
    fields = getattr(found.dtype, "fields", ())
    return tuple(field.name for field in fields if not field.name.isdigit())


def groups_of(text: str, pattern: str) -> dict[str, str | None] | None:
    """Return each named group's part of the text; None where the pattern is not found in it."""
    texts = pl.Series([text])
    if not texts.str.contains(pattern).item():
        return None
    groups = texts.str.extract_groups(pattern)
    if not isinstance(groups.dtype, pl.Struct):
        return {}
    found: dict[str, str | None] = groups.to_list()[0]
    return {name: part for name, part in found.items() if not name.isdigit()}
