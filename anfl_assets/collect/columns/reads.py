"""One source column, as `columns` names it: from YAML to a `Read`, every fault noted.

Checks that unit, format, zone, number marks and answers fit the canonical column's type.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, cast

import polars as pl

from anfl_assets.collect.columns.constants import as_constant, is_fitting
from anfl_assets.collect.columns.expressions import Read, Scalar, Value
from anfl_assets.collect.columns.units import factors
from anfl_assets.collect.convert.periods import PERIODS
from anfl_assets.collect.convert.times import EPOCHS, has_offset
from anfl_assets.config.section import Section, nearest, scalar_text
from anfl_assets.frames import Column

_TIME_KEYS = ("format", "at", "zone", "ambiguous")
_NUMBER_KEYS = ("unit", "thousands", "decimal")
_READ_KEYS = (*_TIME_KEYS, *_NUMBER_KEYS, "values", "match", "default")
_DIRECTIVE = re.compile(
    r"%(?:[-_0]?[YyCmbBhdeaAwujHkIlPpMSfDFTRrzs%+]|\.[369]?f|[369]f|:z|#z)",
)
_NAMED = (*EPOCHS, *PERIODS)


def read_source(section: Section, column: Column) -> Read | None:
    """Read `from: COLUMN` with all that may stand beside it."""
    section.only(("from", *_READ_KEYS))
    name = section.text("from")
    if name is None:
        return None
    if "values" in section.content and "match" in section.content:
        section.fault("match", "either values or match, not both", "both")
    thousands, decimal = _marks(section, column)
    return replace(
        _timed(section, name, column),
        unit=section.text("unit"),
        factor=read_factor(section, column),
        thousands=thousands,
        decimal=decimal,
        values=_answers(section, "values", column),
        match=_patterns(section, column),
        default=read_default(section, column),
    )


def read_time(section: Section, column: Column) -> Read | None:
    """Read `time: COLUMN`, a term of arithmetic, for a column of timestamps."""
    section.only(("time", *_TIME_KEYS))
    name = section.text("time")
    if name is None:
        return None
    return _timed(section, name, column)


def _timed(section: Section, name: str, column: Column) -> Read:
    return Read(
        name,
        format=_format(section, column),
        at=_end_of_period(section),
        zone=_zone(section, column),
        ambiguous=_ambiguous(section),
    )


def read_default(section: Section, column: Column) -> Value | None:
    """Read `default`, the value where the source has none."""
    if "default" not in section.content:
        return None
    constant = as_constant(section.content["default"], column)
    if constant is None:
        section.fault("default", f"a value that fits {column.name} ({column.dtype})")
        return None
    return constant.value


def _ambiguous(section: Section) -> Literal["earliest", "latest"] | None:
    choice = section.choice("ambiguous", ("earliest", "latest"))
    return cast('Literal["earliest", "latest"] | None', choice)


def _marks(section: Section, column: Column) -> tuple[str | None, str]:
    """Return what parts thousands, and the decimal mark."""
    thousands, decimal = section.text("thousands"), section.text("decimal") or "."
    for name, mark in (("thousands", thousands), ("decimal", decimal)):
        if name in section.content and not column.dtype.is_numeric():
            section.fault(name, f"no {name}: {column.name} is {column.dtype}")
        elif mark is not None and (len(mark) != 1 or mark.isalnum() or mark in "+-"):
            section.fault(name, "one sign such as , or .")
    if thousands == decimal:
        section.fault("thousands", "another sign than the decimal mark (say `decimal`)")
    return thousands, decimal


def _end_of_period(section: Section) -> Literal["start", "end"]:
    at = section.choice("at", ("start", "end"))
    if at is not None and section.content.get("format") not in PERIODS:
        section.fault("at", f"beside it a format of periods: {', '.join(PERIODS)}", repr(at))
    return "end" if at == "end" else "start"


def read_factor(section: Section, column: Column) -> float:
    """Read `unit`: what brings it to the canonical unit, 1 where there is none."""
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
    elif form not in _NAMED and ("%" not in form or "%" in _DIRECTIVE.sub("", form)):
        section.fault("format", f"strptime directives such as %Y-%m-%d, or {', '.join(_NAMED)}")
    elif _needs_zone(section, column, form):
        section.fault("zone", "a zone such as UTC or Europe/London", "nothing, nor an offset")
    return form


def _needs_zone(section: Section, column: Column, form: str) -> bool:
    is_local = isinstance(column.dtype, pl.Datetime) and not has_offset(form)
    return is_local and "zone" not in section.content


def _zone(section: Section, column: Column) -> str | None:
    zone = section.zone("zone")
    if zone is not None and not isinstance(column.dtype, pl.Datetime):
        section.fault("zone", f"no zone: {column.name} is {column.dtype}")
    return None if zone is None else zone.key


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
