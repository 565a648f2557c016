"""What people read of a run on Dagster's pages: tables and pictures as Markdown."""

from base64 import b64encode
from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in which a name from outside is only text."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_inert, cells))} |" for cells in lines)


def picture(svg: str, told: str) -> str:
    """Write a picture into the text itself; `told` is for those who cannot see it.

    As an address of its own, which Dagster's pages let through: SVG in the text itself they do not.
    """
    return f"![{_inert(told)}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _inert(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in "\\|`*_[]<>!" else letter for letter in text)
    return " ".join(escaped.split())
