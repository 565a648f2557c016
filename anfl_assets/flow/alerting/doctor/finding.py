"""One line of the doctor's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Health = Literal["ok", "look", "broken"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it (empty where nothing is to be done).

    look: works, but somebody should know. broken: something does not come through.
    """

    topic: str
    health: Health
    text: str
    todo: str = ""


def several(names: Sequence[str], most: int = 5) -> str:
    """Name a few and count the rest."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def moment(at: datetime) -> str:
    """Write a moment for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
