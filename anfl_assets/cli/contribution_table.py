"""The parts of a change as a table: the largest first, small ones in one line, the whole last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.cli.render import label, quantity, table

if TYPE_CHECKING:
    from rich.table import Table

    from anfl_assets.flow.analysis.comparing import Window
    from anfl_assets.flow.analysis.contributions import Explained

_SHOWN = 12
# Of the largest part; what is less says nothing line by line.
_WEIGHS = 0.01


class _Line(NamedTuple):
    """One line of the table: a subject, several of little weight, or the whole."""

    name: str
    before: float | None
    after: float | None
    amounts: dict[str, float]

    @property
    def together(self) -> float:
        """What all its effects add up to."""
        return sum(self.amounts.values())


def parts_table(found: Explained, effects: list[str], *, is_wide: bool) -> Table:
    """One row for each subject, the largest part first; those of little weight in one row."""
    lines = _lines(found)
    digits = _digits(lines)
    ends = ("before", "after") if is_wide else ()
    sums = ("together",) if len(effects) > 1 else ()
    made = table("subject", *ends, *effects, *sums, numeric=(*ends, *effects, *sums))
    for line in lines:
        if line is lines[-1]:
            made.add_section()
        own = (line.before, line.after) if is_wide else ()
        amounts = [line.amounts.get(each, 0.0) for each in effects]
        told = [*amounts, line.together] if sums else amounts
        made.add_row(
            label(line.name),
            *(quantity(each, found.unit) for each in own),
            *(_signed(each, digits) for each in told),
        )
    return made


def _lines(found: Explained) -> list[_Line]:
    parts = _by_subject(found)
    each = [
        _Line(name, value_of(found.earlier, name), value_of(found.later, name), amounts)
        for name, amounts in parts.items()
    ]
    each.sort(key=lambda line: -abs(line.together))
    least = _WEIGHS * abs(each[0].together)
    heavy = [line for line in each[:_SHOWN] if abs(line.together) >= least]
    light = each[len(heavy) :]
    rest = [_Line(f"{len(light)} more", None, None, _added(light))] if light else []
    whole = _Line(found.whole, found.before, found.after, _added(each))
    return [*heavy, *rest, whole] if len(each) > 1 else each


def _added(lines: list[_Line]) -> dict[str, float]:
    return {
        effect: sum(line.amounts.get(effect, 0.0) for line in lines)
        for effect in dict.fromkeys(name for line in lines for name in line.amounts)
    }


def _digits(lines: list[_Line]) -> int:
    """Say how many decimals show three figures of the largest amount, so that a column lines up."""
    largest = max(abs(each) for line in lines for each in (*line.amounts.values(), line.together))
    return 0 if largest == 0 else min(max(2 - math.floor(math.log10(largest)), 0), 9)


def _signed(amount: float, digits: int) -> str:
    text = f"{amount:+,.{digits}f}"
    return text[1:] if not any(letter in "123456789" for letter in text) else text


def _by_subject(found: Explained) -> dict[str, dict[str, float]]:
    parts: dict[str, dict[str, float]] = {}
    for part in found.contributions:
        parts.setdefault(part.subject, {})[part.effect] = part.amount
    return parts


def value_of(window: Window, subject: str) -> float | None:
    """Return a subject's own value over a window; None where it was not there."""
    observed = window.subjects.get(subject)
    return None if observed is None else observed.value
