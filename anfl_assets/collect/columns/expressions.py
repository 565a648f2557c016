"""The small language that says where a canonical column comes from.

One frozen type per expression of `feeds.yaml`. What they compute lives in `mapping.py` and the
conversions; how they are read from YAML lives in `read_columns.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Scalar = str | int | float | bool
# A canonical value, already of its column's Python type.
Value = Scalar | Decimal | date | datetime


class Operation(StrEnum):
    """Arithmetic over source columns; exact (decimal) where the canonical column is money."""

    PRODUCT = "product"
    SUM = "sum"
    DIFFERENCE = "difference"
    RATIO = "ratio"


@dataclass(frozen=True)
class Read:
    """One source column, converted to the canonical type.

    `values` maps whole texts, `match` the first regex found; at most one of them is present.
    `format` and `zone` are for times; of a period, `at` says which end is meant. `factor` brings
    the declared `unit` to the canonical one; `thousands` and `decimal` are how numbers are written.
    `default` stands where the source has no value.
    """

    column: str
    format: str | None = None
    zone: str | None = None
    ambiguous: Literal["earliest", "latest"] | None = None
    unit: str | None = None
    factor: float = 1.0
    values: tuple[tuple[str, Scalar], ...] = ()
    match: tuple[tuple[str, Scalar], ...] = ()
    at: Literal["start", "end"] = "start"
    thousands: str | None = None
    decimal: str = "."
    default: Value | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return (self.column,)


@dataclass(frozen=True)
class Constant:
    """The same value in every row, already of the canonical column's Python type."""

    value: Value

    @property
    def sources(self) -> tuple[str, ...]:
        """No source column."""
        return ()

    @property
    def default(self) -> None:
        """Nothing is ever missing."""
        return


@dataclass(frozen=True)
class Arithmetic:
    """`product`, `sum`, `difference` or `ratio` of terms.

    A term is a source column's name, a number, a `Read` that says how a number is written, or again
    arithmetic. A row in which a term is null has the `default`.
    """

    operation: Operation
    terms: tuple[Term, ...]
    unit: str | None = None
    factor: float = 1.0
    default: Value | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return tuple(name for term in self.terms for name in _sources(term))


@dataclass(frozen=True)
class Shifted:
    """A time and durations (in seconds, by their own units) after it, or before it."""

    time: Read
    durations: tuple[Read | Arithmetic, ...]
    is_back: bool = False
    default: Value | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return tuple(name for term in (self.time, *self.durations) for name in term.sources)


@dataclass(frozen=True)
class Elapsed:
    """How long it is from `start` to `end`."""

    end: Read
    start: Read
    default: Value | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return (*self.end.sources, *self.start.sources)


Term = str | int | float | Read | Arithmetic


def _sources(term: Term) -> tuple[str, ...]:
    if isinstance(term, str):
        return (term,)
    return () if isinstance(term, int | float) else term.sources


Expression = Read | Constant | Arithmetic | Shifted | Elapsed


@dataclass(frozen=True)
class Condition:
    """A filter on one source column; rows that fail it were never asked for.

    `is_in` keeps only the listed texts, `is_not` keeps all but them, `matches` keeps texts in which
    the regex is found. A null passes only `is_not`.
    """

    column: str
    is_in: tuple[str, ...] | None = None
    is_not: tuple[str, ...] | None = None
    matches: str | None = None
