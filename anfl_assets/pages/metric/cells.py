"""Values of a record as a page shows them: exact, on one line, moments in UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import NOTHING

_LONGEST = 120
_LISTED = 4


def cell(value: object) -> str:
    """Write a value of a record; a list is cut after its first values."""
    if value is None:
        return NOTHING
    writers: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (bool, lambda flag: "yes" if flag else "no"),
        (datetime, _moment),
        (date, date.isoformat),
        (int, lambda number: f"{number:,}"),
        (list, _listed),
        (float, lambda number: f"{number:,.15g}"),
        (Decimal, lambda number: f"{number.normalize():,f}"),
    )
    for kind, written in writers:
        if isinstance(value, kind):
            return written(value)
    return one_line(str(value), _LONGEST)


def _listed(values: list[object]) -> str:
    """Write the first values of a list, and how many there are."""
    shown = ", ".join(cell(value) for value in values[:_LISTED])
    return shown if len(values) <= _LISTED else f"{shown}, … ({len(values):,} values)"


def is_number(value: object) -> bool:
    """Whether a value is a number, which lines up at its right."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _moment(at: datetime) -> str:
    """Write a moment as exactly as it was told: `2026-11-22 21:00:05.250`."""
    written = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{written}.{at.microsecond:06d}".rstrip("0") if at.microsecond else written
