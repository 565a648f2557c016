"""Quantities of the catalog: a number with a unit, as the specification writes them (§1).

Lives here: the closed list of units, `Quantity`, its text form and its conversions, and the closed
list of column suffixes that name a unit. Spans of time (`90 days`, `Daily`) are in `duration.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from anfl_assets.errors import BadQuantity

Operator = Literal["<", "<=", ">", ">="]
Growth = Literal["MoM", "QoQ", "YoY"]

GROWTHS: tuple[Growth, ...] = ("MoM", "QoQ", "YoY")


class Unit(StrEnum):
    """The closed list of units; the value is the symbol as people write it."""

    NANOSECOND = "ns"
    MICROSECOND = "us"
    MILLISECOND = "ms"
    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    REQUESTS_PER_SECOND = "req/s"
    REQUESTS_PER_MINUTE = "req/min"
    PERCENT = "%"
    RATIO = "ratio"
    SCORE = "score"
    COUNT = "count"
    BYTE = "bytes"
    KILOBYTE = "kB"
    MEGABYTE = "MB"
    GIGABYTE = "GB"
    KIBIBYTE = "KiB"
    MEBIBYTE = "MiB"
    GIBIBYTE = "GiB"

    @property
    def dimension(self) -> str:
        """What the unit measures; units of one dimension convert into each other."""
        return _SCALE[self][0]


# Size of each unit in multiples of the smallest of its dimension: whole numbers, so that
# converting there and back multiplies and divides by the same exact factor.
_SCALE: Mapping[Unit, tuple[str, int]] = MappingProxyType(
    {
        Unit.NANOSECOND: ("time", 1),
        Unit.MICROSECOND: ("time", 1_000),
        Unit.MILLISECOND: ("time", 1_000_000),
        Unit.SECOND: ("time", 1_000_000_000),
        Unit.MINUTE: ("time", 60_000_000_000),
        Unit.HOUR: ("time", 3_600_000_000_000),
        Unit.DAY: ("time", 86_400_000_000_000),
        Unit.REQUESTS_PER_MINUTE: ("request rate", 1),
        Unit.REQUESTS_PER_SECOND: ("request rate", 60),
        Unit.PERCENT: ("share", 1),
        Unit.RATIO: ("share", 100),
        Unit.SCORE: ("score", 1),
        Unit.COUNT: ("count", 1),
        Unit.BYTE: ("size", 1),
        Unit.KILOBYTE: ("size", 1_000),
        Unit.MEGABYTE: ("size", 1_000_000),
        Unit.GIGABYTE: ("size", 1_000_000_000),
        Unit.KIBIBYTE: ("size", 1_024),
        Unit.MEBIBYTE: ("size", 1_048_576),
        Unit.GIBIBYTE: ("size", 1_073_741_824),
    },
)

# The endings a column's name may use to say its unit (`latency_ms`, `users_growth_pct_mom`).
COLUMN_SUFFIXES: Mapping[str, Unit] = MappingProxyType(
    {
        "ms": Unit.MILLISECOND,
        "s": Unit.SECOND,
        "days": Unit.DAY,
        "rps": Unit.REQUESTS_PER_SECOND,
        "pct": Unit.PERCENT,
        "pct_mom": Unit.PERCENT,
        "pct_qoq": Unit.PERCENT,
        "pct_yoy": Unit.PERCENT,
        "ratio": Unit.RATIO,
        "score": Unit.SCORE,
        "count": Unit.COUNT,
        "bytes": Unit.BYTE,
    },
)

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT = re.compile(
    rf"(?P<operator><=|>=|<|>)?\s*(?P<value>{_NUMBER})\s*"
    rf"(?:/\s*(?P<scale_max>{_NUMBER})|(?P<unit>%|[A-Za-z][A-Za-z/]*))?"
    r"(?:\s+(?P<growth>[A-Za-z]+))?",
)
_OPERATORS: Mapping[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SYMBOLS: Mapping[str, Unit] = {unit.value: unit for unit in Unit}
# A score is written with its scale (`4.5/5`), so its symbol alone is no way to write a quantity.
_EXPECTED = ", ".join(symbol for symbol in _SYMBOLS if symbol != Unit.SCORE) + ", /5 (a score)"


@dataclass(frozen=True)
class Quantity:
    """A number with a unit, perhaps compared (`<50ms`), scaled (`4.5/5`) or a growth (`20% MoM`).

    `text` is what was written; it takes no part in comparison.
    """

    operator: Operator | None
    value: float
    unit: Unit
    scale_max: float | None = None
    growth: Growth | None = None
    text: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        """Return the quantity as written, else in the canonical form `parse_quantity` reads."""
        if self.text:
            return self.text
        unit = f"/{_number(self.scale_max)}" if self.scale_max is not None else self.unit.value
        gap = "" if self.scale_max is not None or self.unit in _CLOSE_UP else " "
        growth = f" {self.growth}" if self.growth else ""
        return f"{self.operator or ''}{_number(self.value)}{gap}{unit}{growth}"

    def converted(self, unit: Unit) -> Quantity:
        """Return the same quantity in another unit of its dimension."""
        return replace(self, value=convert(self.value, self.unit, unit), unit=unit, text="")


_CLOSE_UP = frozenset({Unit.MILLISECOND, Unit.SECOND, Unit.PERCENT})


def parse_unit(text: str) -> Unit:
    """Read a unit's symbol.

    Raises:
        BadQuantity: the symbol is not in the closed list.
    """
    unit = _SYMBOLS.get(text)
    if unit is None:
        message = f"{text!r} is no unit; expected one of {', '.join(_SYMBOLS)}"
        raise BadQuantity(message)
    return unit


def parse_quantity(text: str) -> Quantity:
    """Read `<50ms`, `1000 req/s`, `99.99%`, `20% MoM`, `>4.5/5`.

    Raises:
        BadQuantity: no number, no unit, an unknown unit or growth, or a number that is not finite.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        message = f"{text!r} is no quantity; expected a number and one of {_EXPECTED}"
        raise BadQuantity(message)
    value = float(match["value"])
    scale_max = float(match["scale_max"]) if match["scale_max"] else None
    if not math.isfinite(value) or (scale_max is not None and not 0 < scale_max < math.inf):
        message = f"{text!r} is not finite; expected a number that can be compared"
        raise BadQuantity(message)
    unit = Unit.SCORE if scale_max is not None else _read_unit(text, match["unit"])
    operator = _OPERATORS[match["operator"]] if match["operator"] else None
    growth = _read_growth(text, match["growth"])
    return Quantity(operator, value, unit, scale_max, growth, text.strip())


def convert(value: float, from_unit: Unit, to_unit: Unit) -> float:
    """Convert a number between two units of one dimension.

    Raises:
        BadQuantity: the units measure different things.
    """
    dimension, from_size = _SCALE[from_unit]
    to_dimension, to_size = _SCALE[to_unit]
    if dimension != to_dimension:
        message = f"{from_unit} is a {dimension}, {to_unit} a {to_dimension}; expected one of " + (
            ", ".join(unit for unit in Unit if unit.dimension == dimension)
        )
        raise BadQuantity(message)
    # One exact factor, applied by one operation: 100 ms is 0.1 s, not 0.10000000000000002 s.
    if from_size >= to_size:
        return value * (from_size / to_size)
    return value / (to_size / from_size)


def _read_unit(text: str, symbol: str | None) -> Unit:
    if symbol is None:
        message = f"{text!r} has no unit; expected one of {_EXPECTED}"
        raise BadQuantity(message)
    unit = _SYMBOLS.get(symbol)
    if unit is None or unit is Unit.SCORE:
        message = f"{text!r} has the unknown unit {symbol!r}; expected one of {_EXPECTED}"
        raise BadQuantity(message)
    return unit


def _read_growth(text: str, word: str | None) -> Growth | None:
    if word is None:
        return None
    for growth in GROWTHS:
        if growth == word:
            return growth
    message = f"{text!r} ends in {word!r}; expected one of {', '.join(GROWTHS)}"
    raise BadQuantity(message)


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")
