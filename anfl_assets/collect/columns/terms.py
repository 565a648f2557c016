"""Arithmetic in `columns`: from YAML to expressions, every fault noted.

Numbers with numbers give a number, a time and durations a time, two times a duration. A term that
is a time says so (`{time: done_at, zone: UTC}`), a term that is a duration states its unit.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from anfl_assets.collect.columns.expressions import (
    Arithmetic,
    Elapsed,
    Expression,
    Operation,
    Read,
    Shifted,
    Term,
)
from anfl_assets.collect.columns.reads import read_default, read_factor, read_source, read_time
from anfl_assets.config.section import Section
from anfl_assets.frames import TIMESTAMP, Column

# What terms are read as.
DURATION = Column("a duration", pl.Float64(), "A length of time", "s")
MOMENT = Column("a time", TIMESTAMP, "A moment", "UTC")
_NUMBER = Column("a number", pl.Float64(), "A term of arithmetic")
_PAIRS = (Operation.DIFFERENCE, Operation.RATIO)
_TERM = "a column name, a number, or a mapping such as {difference: [a, b]}"


def read_arithmetic(section: Section, column: Column, kind: Operation) -> Expression | None:
    """Read `KIND: [TERM, TERM, …]` with `unit` and `default`."""
    terms = _listed(section, kind)
    if terms is None:
        return None
    if isinstance(column.dtype, pl.Datetime):
        return _shifted(section, column, kind, terms)
    if not column.dtype.is_numeric():
        section.fault(kind, f"no arithmetic: {column.name} is {column.dtype}")
        return None
    if any(isinstance(term, Mapping) and "time" in term for term in terms):
        return _elapsed(section, column, kind, terms)
    section.only((kind, "unit", "default"))
    found = [_number(section, f"{kind}[{at}]", term) for at, term in enumerate(terms)]
    return Arithmetic(
        kind,
        tuple(term for term in found if term is not None),
        section.text("unit"),
        read_factor(section, column),
        read_default(section, column),
    )


def _listed(section: Section, kind: Operation) -> list[object] | None:
    terms = section.content[kind]
    is_pair = kind in _PAIRS
    count = len(terms) if isinstance(terms, list) else 0
    if not isinstance(terms, list) or count < len(_PAIRS) or (is_pair and count != len(_PAIRS)):
        section.fault(kind, f"a list of {'two' if is_pair else 'two or more'} terms, each {_TERM}")
        return None
    return terms


def _number(section: Section, name: str, term: object) -> Term | None:
    if isinstance(term, str | int | float) and not isinstance(term, bool):
        return term
    if isinstance(term, Mapping):
        inner = section.inner(name, term)
        if "from" in inner.content:
            inner.only(("from", "thousands", "decimal"))
            return read_source(inner, _NUMBER)
        return _nested(inner, _NUMBER)
    section.fault(name, _TERM, repr(term))
    return None


def _nested(inner: Section, column: Column) -> Arithmetic | None:
    kinds = [kind for kind in Operation if kind in inner.content]
    if len(kinds) != 1:
        inner.fault("", f"exactly one of from, {', '.join(Operation)}", str(list(inner.content)))
        return None
    found = read_arithmetic(inner, column, kinds[0])
    if isinstance(found, Arithmetic):
        return found
    if found is not None:
        inner.fault(kinds[0], "terms that are numbers: times stand outermost")
    return None


def _shifted(
    section: Section, column: Column, kind: Operation, terms: list[object]
) -> Shifted | None:
    section.only((kind, "default"))
    if kind not in (Operation.SUM, Operation.DIFFERENCE):
        section.fault(kind, f"sum or difference: {column.name} is a time")
        return None
    time = _time(section, f"{kind}[0]", terms[0])
    durations = [
        _duration(section, f"{kind}[{at}]", term) for at, term in enumerate(terms[1:], start=1)
    ]
    whole = tuple(found for found in durations if found is not None)
    if time is None or len(whole) != len(durations):
        return None
    return Shifted(time, whole, kind is Operation.DIFFERENCE, read_default(section, column))


def _elapsed(
    section: Section, column: Column, kind: Operation, terms: list[object]
) -> Elapsed | None:
    section.only((kind, "default"))
    if kind is not Operation.DIFFERENCE or column.unit not in ("ms", "s"):
        section.fault(kind, "no times: only the difference of two times is a duration")
        return None
    end, start = (_time(section, f"{kind}[{at}]", term) for at, term in enumerate(terms))
    if end is None or start is None:
        return None
    return Elapsed(end, start, read_default(section, column))


def _time(section: Section, name: str, term: object) -> Read | None:
    if isinstance(term, str):
        return Read(term)
    if isinstance(term, Mapping) and "time" in term:
        return read_time(section.inner(name, term), MOMENT)
    section.fault(name, "a time: {time: column, format: …, zone: …}", repr(term))
    return None


def _duration(section: Section, name: str, term: object) -> Read | Arithmetic | None:
    if not isinstance(term, Mapping) or "unit" not in term:
        section.fault(name, "a duration with its unit: {from: column, unit: ms}", repr(term))
        return None
    inner = section.inner(name, term)
    return read_source(inner, DURATION) if "from" in inner.content else _nested(inner, DURATION)
