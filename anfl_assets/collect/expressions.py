"""The small language that says where a canonical column comes from.

One frozen type per expression of `feeds.yaml`. What they compute lives in `mapping.py` and the
conversions; how they are read from YAML lives in `columns.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Scalar = str | int | float | bool


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
    `format` and `zone` are for times; `factor` brings the declared `unit` to the canonical one.
    """

    column: str
    format: str | None = None
    zone: str | None = None
    ambiguous: Literal["earliest", "latest"] | None = None
    unit: str | None = None
    factor: float = 1.0
    values: tuple[tuple[str, Scalar], ...] = ()
    match: tuple[tuple[str, Scalar], ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return (self.column,)


@dataclass(frozen=True)
class Constant:
    """The same value in every row, already of the canonical column's Python type."""

    value: Scalar | Decimal | date | datetime

    @property
    def sources(self) -> tuple[str, ...]:
        """No source column."""
        return ()


@dataclass(frozen=True)
class Arithmetic:
    """`product`, `sum`, `difference` or `ratio` of source columns (text) and numbers."""

    operation: Operation
    terms: tuple[str | int | float, ...]
    unit: str | None = None
    factor: float = 1.0

    @property
    def sources(self) -> tuple[str, ...]:
        """Source columns this expression reads."""
        return tuple(term for term in self.terms if isinstance(term, str))


Expression = Read | Constant | Arithmetic


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
