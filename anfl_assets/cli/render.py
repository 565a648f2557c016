"""How numbers, durations and statuses look at a terminal, and the console they go to.

Formats only: no rule decides here what a number means. Meaning is never carried by colour alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from anfl_assets.wording.looks import look

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

NOTHING = "–"
_PIPE_WIDTH = 160  # no terminal to ask: wide enough that no table of ours wraps
_LABEL_LENGTH = 60
# Units as they are written behind a number; every other unit is written as it is.
_UNIT_TEXT = {"%": "%", "pct": "%", "score": "", "count": "", "ratio": ""}
_SPANS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))


_STATUS_STYLES = {
    "breached": "bold red",
    "off_target": "yellow",
    "no_data": "magenta",
    "insufficient": "cyan",
    "on_target": "green",
}


def console(*, to_stderr: bool = False) -> Console:
    """Make a console: colour only at a terminal and never where NO_COLOR is set.

    Rich reads NO_COLOR itself; away from a terminal the width is fixed, so that a pipe or a test
    sees the same lines everywhere.
    """
    from rich.console import Console

    class Piped(Console):
        """Tells a reader that has gone to the frame of the command, which knows what it means."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if to_stderr else sys.stdout
    is_terminal = stream.isatty()
    return Piped(
        file=stream,
        width=None if is_terminal else _PIPE_WIDTH,
        force_terminal=is_terminal,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=not is_terminal,
    )


def table(
    *headings: str,
    numeric: Sequence[str] = (),
    whole: Sequence[str] = (),
    title: str | None = None,
) -> Table:
    """Make a table without a frame; `numeric` columns are flush right, `whole` ones never fold."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, padding=(0, 1))
    for heading in headings:
        made.add_column(
            heading,
            justify="right" if heading in numeric else "left",
            overflow="fold",
            no_wrap=heading in whole,
        )
    return made


def status_text(status: str) -> Text:
    """Show a status as glyph and word."""
    from rich.text import Text

    shown = look(status)
    return Text(f"{shown.glyph} {shown.word}", style=_STATUS_STYLES.get(status, ""))


def quantity(value: float | None, unit: str | None) -> str:
    """Write a number with its unit: `1,234.5 ms`, `99.95 %`, `0.021 req/s`; `–` for nothing."""
    if value is None:
        return NOTHING
    suffix = _UNIT_TEXT.get(unit or "", unit or "")
    return f"{_digits(value)} {suffix}".rstrip()


def change(value: float | None, unit: str = "%") -> str:
    """Write a signed difference: `+12.3 %`, `-0.40 ms`; zero has no sign."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else ""
    return f"{sign}{quantity(value, unit)}"


def count(value: int | None) -> str:
    """Write a count with thousands separated: `541,909`."""
    return NOTHING if value is None else f"{value:,}"


def printable(text: str) -> str:
    """Replace control characters: what came in a file must not command the terminal."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def label(text: str) -> str:
    """Write a name that came in a file: on one line, harmless and no longer than a cell."""
    told = printable(text)
    return told if len(told) <= _LABEL_LENGTH else told[: _LABEL_LENGTH - 1] + "…"


def duration(span: timedelta | float | None) -> str:
    """Write a time span in its two largest units: `3 d 4 h`, `12 min 5 s`, `0.4 s`.

    A number is taken as seconds. Spans below ten seconds keep one decimal.
    """
    if span is None:
        return NOTHING
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    if abs(seconds) < 10:  # noqa: PLR2004 - said in the docstring
        return f"{seconds:.1f} s"
    return ("-" if seconds < 0 else "") + _two_largest(round(abs(seconds)))


def _two_largest(seconds: float) -> str:
    for (unit, size), (smaller, smaller_size) in pairwise(_SPANS):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            part = int(rest // smaller_size)
            return f"{int(whole)} {unit}" + (f" {part} {smaller}" if part else "")
    return f"{int(seconds)} s"


def _digits(value: float) -> str:
    size = abs(value)
    if size >= 1_000:  # noqa: PLR2004 - four digits before the point: one behind it says enough
        return f"{value:,.1f}"
    if size >= 1 or size == 0:
        return f"{value:.2f}"
    return f"{value:.3g}"
