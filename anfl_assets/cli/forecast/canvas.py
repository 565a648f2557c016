"""A sheet of characters: shades and rules by cell, lines in dots of a quarter of its height.

Every cell has a role, which a terminal may give a colour; without one the characters say it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

Role = Literal["", "known", "mean", "band_80", "band_95", "threshold", "target", "axis"]
Piece = tuple[str, Role]

_BLANK = 0x2800
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_HALVES, _QUARTERS = 2, 4


class Canvas:
    """Rows and columns of cells; the upper left one is (0, 0)."""

    def __init__(self, *, columns: int, rows: int) -> None:
        """Begin empty."""
        self.columns, self.rows = columns, rows
        self._cells: list[list[Piece]] = [[(" ", "")] * columns for _ in range(rows)]

    def put(self, row: int, column: int, letter: str, role: Role) -> None:
        """Put a character into a cell, whatever was there."""
        self._cells[row][column] = (letter, role)

    def dot(self, half: int, quarter: int, role: Role) -> None:
        """Set a dot; the other dots of its cell stay, a shade or rule makes way."""
        row, column = quarter // _QUARTERS, half // _HALVES
        letter, _ = self._cells[row][column]
        kept = ord(letter) if ord(letter) >= _BLANK and ord(letter) < _BLANK + 256 else _BLANK
        lit = kept | _DOTS[half % _HALVES][quarter % _QUARTERS]
        self._cells[row][column] = (chr(lit), role)

    def line(self, points: Sequence[tuple[int, int] | None], role: Role) -> None:
        """Join dots (half, quarter), left to right; a None breaks the line."""
        before: tuple[int, int] | None = None
        for point in points:
            if point is not None:
                for half, quarter in _between(before or point, point):
                    self.dot(half, quarter, role)
            before = point

    def lines(self) -> list[list[Piece]]:
        """Return the rows as pieces of one role each."""
        return [
            [
                ("".join(letter for letter, _ in run), role)
                for role, run in groupby(row, key=lambda cell: cell[1])
            ]
            for row in self._cells
        ]


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the dots from one to another, both included."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return [
        (
            round(start[0] + (end[0] - start[0]) * step / steps),
            round(start[1] + (end[1] - start[1]) * step / steps),
        )
        for step in range(steps + 1)
    ]
