"""The `where` of a feed: which source rows are read, from YAML to conditions, every fault noted."""

from __future__ import annotations

from collections.abc import Iterator

from anfl_assets.collect.columns.expressions import Condition
from anfl_assets.collect.columns.reads import is_regex
from anfl_assets.config.section import Section, scalar_text


def read_conditions(section: Section) -> Iterator[Condition]:
    """Yield what `where` asks of each column: `{Kind: sale, Country: {not: [France]}}`."""
    where = section.section("where")
    if where is None:
        return
    for column, asked in where.content.items():
        if not isinstance(asked, dict):
            yield Condition(column, is_in=where.texts(column) or ("",))
        elif (inner := where.section(column)) is not None:
            inner.only(("in", "not", "matches"))
            yield from _conditions(inner, column)


def _conditions(inner: Section, column: str) -> Iterator[Condition]:
    if not inner.content:
        inner.fault("", "in, not or matches", "nothing")
    if (kept := inner.texts("in")) is not None:
        yield Condition(column, is_in=kept)
    if (dropped := inner.texts("not")) is not None:
        yield Condition(column, is_not=dropped)
    if "matches" in inner.content:
        pattern = scalar_text(inner.content["matches"])
        if not is_regex(pattern):
            inner.fault("matches", "a regular expression (Rust syntax)")
        yield Condition(column, matches=pattern)
