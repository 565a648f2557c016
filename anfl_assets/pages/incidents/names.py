"""Long names in sentences of the log: shortened, so that what is said after them can be read."""

from __future__ import annotations

from collections.abc import Iterable

from anfl_assets.wording.inert import one_line

_LONGEST = 80


def shortened(text: str, names: Iterable[str]) -> str:
    """Return a sentence in which each of these names is at most so long."""
    for name in names:
        if len(name) > _LONGEST:
            text = text.replace(name, one_line(name, _LONGEST))
    return text
