"""What people read of a run on Dagster's pages: tables and pictures as Markdown."""

from base64 import b64encode
from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in which a name from outside is only text."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_inert, cells))} |" for cells in lines)


def picture(png: bytes, told: str) -> str:
    """Write a PNG into the text itself; `told` is for those who cannot see it."""
    return f"![{_inert(told)}](data:image/png;base64,{b64encode(png).decode()})"


def _inert(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in "\\|`*_[]<>!" else letter for letter in text)
    return " ".join(escaped.split())
