"""What changed on the board from one moment to another: breaches, recoveries, and how far. Pure.

A whole whose parts are on the board says nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anfl_assets.report.scoreboard import BoardRow

Kind = Literal["breach", "recovery", "lost", "returned", "missed", "met"]
_FEWEST_SHARE = 0.1


@dataclass(frozen=True)
class Change:
    """One row of the board whose status is another: what became of it, and its row by now."""

    kind: Kind
    row: BoardRow


@dataclass(frozen=True)
class Move:
    """How far one row's value went; `share` is against the distance of target and threshold."""

    row: BoardRow
    before: float
    share: float


def changes(before: Sequence[BoardRow], after: Sequence[BoardRow]) -> list[Change]:
    """Return what changed its status, in the order of the later board: worst first.

    What nothing was known of before has not changed, unless it is breached.
    """
    known = {_key(row): row for row in before}
    found = []
    for row in after:
        earlier = known.get(_key(row))
        kind = _kind(None if earlier is None else earlier.status, row.status)
        if kind is not None and not row.is_whole:
            found.append(Change(kind, row))
    return found


def moves(before: Sequence[BoardRow], after: Sequence[BoardRow]) -> list[Move]:
    """Return the values that moved, farthest first.

    What moved by less than a tenth of the way from target to threshold stood still.
    """
    values = {_key(row): row.value for row in before}
    found = []
    for row in after:
        earlier, distance = values.get(_key(row)), abs(row.target - row.threshold)
        if earlier is None or row.value is None or not distance:
            continue
        share = abs(row.value - earlier) / distance
        if share >= _FEWEST_SHARE:
            found.append(Move(row, earlier, share))
    return sorted(found, key=lambda move: -move.share)


def _kind(before: str | None, after: str) -> Kind | None:
    if before == after:
        return None
    if after == "breached":
        return "breach"
    if before == "breached" and after in {"on_target", "off_target"}:
        return "recovery"
    if after in {"no_data", "insufficient"}:
        return None if before in {None, "no_data", "insufficient"} else "lost"
    if before in {"no_data", "insufficient"}:
        return "returned"
    steps: dict[tuple[str | None, str], Kind] = {
        ("on_target", "off_target"): "missed",
        ("off_target", "on_target"): "met",
    }
    return steps.get((before, after))


def _key(row: BoardRow) -> tuple[str, str]:
    return row.metric_id, row.subject
