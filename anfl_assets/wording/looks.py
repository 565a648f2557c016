"""How a status is told without colour: a glyph and a word. Media add colour, never instead."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """The glyph and the word of a status."""

    glyph: str
    word: str


# Worst first.
STATUS_LOOKS = {
    "breached": Look("✖", "breached"),
    "no_data": Look("?", "no data"),
    "off_target": Look("▲", "off target"),
    "insufficient": Look("…", "insufficient"),
    "on_target": Look("✔", "on target"),
}


def look(status: str) -> Look:
    """Return the look of a status; of an unknown one its own word."""
    return STATUS_LOOKS.get(status, Look("·", status.replace("_", " ")))
