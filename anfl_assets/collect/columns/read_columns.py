"""The `columns` of a feed: from YAML to expressions, every fault noted.

Checks that each canonical column exists and that the required ones are mapped. What is read from
one source column lives in `reads.py`, arithmetic in `terms.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from anfl_assets.collect.columns.constants import as_constant
from anfl_assets.collect.columns.expressions import Constant, Expression, Operation, Read
from anfl_assets.collect.columns.reads import read_source
from anfl_assets.collect.columns.terms import read_arithmetic
from anfl_assets.config.section import Section
from anfl_assets.frames import Column, Table

_FORMS = "a column name, or a mapping with from, constant, product, sum, difference or ratio"


def read_columns(
    feed: Section, table: Table, *, own: Collection[str] = ()
) -> dict[str, Expression]:
    """Return canonical column to expression for a feed of this table.

    `own` are the canonical columns a connector brings as they are, for a feed without `columns`.
    """
    section = feed.section("columns")
    if section is None:
        if "columns" not in feed.content:
            if own:
                return {name: Read(name) for name in table.schema if name in own}
            feed.fault("columns", "canonical column to source column", "nothing")
        return {}
    known = {column.name: column for column in table.columns}
    section.only(known)
    for column in table.columns:
        if not column.is_nullable and column.name not in section.content:
            expected = f"a mapping for this required column ({column.description})"
            section.fault(column.name, expected, "nothing")
    expressions = {
        name: _expression(section, column)
        for name, column in known.items()
        if name in section.content
    }
    return {name: found for name, found in expressions.items() if found is not None}


def _expression(columns: Section, column: Column) -> Expression | None:
    value = columns.content[column.name]
    if isinstance(value, str):
        return Read(value)
    section = columns.section(column.name) if isinstance(value, Mapping) else None
    if section is None:
        columns.fault(column.name, _FORMS)
        return None
    kinds = [kind for kind in ("from", "constant", *Operation) if kind in section.content]
    if len(kinds) != 1:
        section.fault("", f"exactly one of from, constant, {', '.join(Operation)}", str(kinds))
        return None
    if kinds[0] == "constant":
        return _constant(section, column)
    if kinds[0] == "from":
        return read_source(section, column)
    return read_arithmetic(section, column, Operation(kinds[0]))


def _constant(section: Section, column: Column) -> Constant | None:
    section.only(("constant",))
    constant = as_constant(section.content["constant"], column)
    if constant is None:
        section.fault("constant", f"a value that fits {column.name} ({column.dtype})")
    return constant
