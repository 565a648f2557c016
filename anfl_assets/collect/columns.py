"""The `columns` of a feed: from YAML to expressions, every fault noted.

Checks that each canonical column exists, that the required ones are mapped, and that unit, format,
zone and constant fit the canonical column's type.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from anfl_assets.collect.constants import as_constant, is_fitting
from anfl_assets.collect.convert_times import EPOCHS, has_offset
from anfl_assets.collect.expressions import (
    Arithmetic,
    Constant,
    Expression,
    Operation,
    Read,
    Scalar,
)
from anfl_assets.collect.units import factors
from anfl_assets.collect.yaml_section import Section, nearest, scalar_text
from anfl_assets.frames import Column, Table

_READ_KEYS = ("from", "format", "zone", "ambiguous", "unit", "values", "match")
_DIRECTIVE = re.compile(
    r"%(?:[-_0]?[YyCmbBhdeaAwujHkIlPpMSfDFTRrzs%+]|\.[369]?f|[369]f|:z|#z)",
)
_TERMS = 2
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
    return _read(section, column) if kinds[0] == "from" else _arithmetic(section, column, kinds[0])


def _constant(section: Section, column: Column) -> Constant | None:
    section.only(("constant",))
    constant = as_constant(section.content["constant"], column)
    if constant is None:
        section.fault("constant", f"a value that fits {column.name} ({column.dtype})")
    return constant


def _arithmetic(section: Section, column: Column, kind: str) -> Arithmetic | None:
    section.only((kind, "unit"))
    terms = section.content[kind]
    is_list = isinstance(terms, list) and all(
        isinstance(term, str | int | float) and not isinstance(term, bool) for term in terms
    )
    pair = kind in (Operation.DIFFERENCE, Operation.RATIO)
    if (
        not is_list
        or len(cast("list[str]", terms)) < _TERMS
        or (pair and len(cast("list[str]", terms)) != _TERMS)
    ):
        count = "two" if pair else "two or more"
        section.fault(kind, f"a list of {count} column names or numbers")
        return None
    if not column.dtype.is_numeric():
        section.fault(kind, f"no arithmetic: {column.name} is {column.dtype}")
        return None
    factor = _factor(section, column)
    return Arithmetic(
        Operation(kind),
        tuple(cast("list[str]", terms)),
        section.text("unit"),
        factor,
    )


def _read(section: Section, column: Column) -> Read | None:
    section.only(_READ_KEYS)
    name = section.text("from")
    if name is None:
        return None
    if "values" in section.content and "match" in section.content:
        section.fault("match", "either values or match, not both", "both")
    ambiguous = section.choice("ambiguous", ("earliest", "latest"))
    return Read(
        name,
        format=_format(section, column),
        zone=_zone(section, column),
        ambiguous=cast('Literal["earliest", "latest"] | None', ambiguous),
        unit=section.text("unit"),
        factor=_factor(section, column),
        values=_answers(section, "values", column),
        match=_patterns(section, column),
    )


def _factor(section: Section, column: Column) -> float:
    unit = section.text("unit")
    if unit is None:
        return 1.0
    known = factors(column)
    if unit not in known:
        fitting = ", ".join(known)
        expected = f"one of {fitting}{nearest(unit, known)}" if known else "no unit for this column"
        section.fault("unit", expected)
    return known.get(unit, 1.0)


def _format(section: Section, column: Column) -> str | None:
    form = section.text("format")
    if form is None:
        return None
    if not column.dtype.is_temporal():
        section.fault("format", f"no format: {column.name} is {column.dtype}")
    elif form not in EPOCHS and ("%" not in form or "%" in _DIRECTIVE.sub("", form)):
        section.fault("format", f"strptime directives such as %Y-%m-%d, or {', '.join(EPOCHS)}")
    elif _needs_zone(section, column, form):
        section.fault("zone", "a zone such as UTC or Europe/London", "nothing, nor an offset")
    return form


def _needs_zone(section: Section, column: Column, form: str) -> bool:
    is_local = isinstance(column.dtype, pl.Datetime) and not has_offset(form)
    return is_local and "zone" not in section.content


def _zone(section: Section, column: Column) -> str | None:
    zone = section.text("zone")
    if zone is None:
        return None
    if not isinstance(column.dtype, pl.Datetime):
        section.fault("zone", f"no zone: {column.name} is {column.dtype}")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        section.fault("zone", "an IANA zone such as UTC or Europe/London")
        return None
    return zone


def _answers(section: Section, name: str, column: Column) -> tuple[tuple[str, Scalar], ...]:
    answers = section.section(name)
    if answers is None:
        return ()
    for text, answer in answers.content.items():
        if not is_fitting(answer, column):
            answers.fault(text, f"a value that fits {column.name} ({column.dtype})")
    fitting = [(text, item) for text, item in answers.content.items() if is_fitting(item, column)]
    return tuple((text, item) for text, item in fitting)


def _patterns(section: Section, column: Column) -> tuple[tuple[str, Scalar], ...]:
    patterns = _answers(section, "match", column)
    for pattern, _ in patterns:
        if not is_regex(pattern):
            section.fault("match", "a regular expression (Rust syntax)", repr(pattern))
    return patterns


def is_regex(pattern: str) -> bool:
    """Whether the engine that will run the pattern accepts it."""
    try:
        pl.Series([scalar_text(pattern)]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        return False
    return True
