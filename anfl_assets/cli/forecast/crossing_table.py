"""Crossings at the terminal: the trusted soonest first, apart from them the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.cli.forecast.words import (
    FORECASTABLE,
    NOT_FORECASTABLE,
    REFUSED,
    beyond,
    day,
)
from anfl_assets.cli.render import label, printable, quantity, table
from anfl_assets.wording.numbers import counted, odds
from anfl_assets.wording.numbers import quantity as written

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from anfl_assets.cli.forecast.crossing_rows import CrossingRow

_REFUSED_SHOWN = 3


class _Column(NamedTuple):
    """A column, and the narrowest terminal that has room for it."""

    heading: str
    cell: Callable[[CrossingRow], str]
    is_numeric: bool = False
    from_width: int = 0


def _part(row: CrossingRow) -> str:
    return f"{label(row.subject)}, {row.form}"


def _level(row: CrossingRow) -> str:
    return f"{beyond(row.direction)} {written(row.level, row.unit)}"


_COLUMNS = (
    _Column("series", lambda row: f"{row.metric_id}\n  {_part(row)}"),
    _Column("now", lambda row: quantity(row.now, row.unit), is_numeric=True, from_width=94),
    _Column("level", _level, is_numeric=True),
    _Column("P", lambda row: "across" if row.is_across_now else odds(row.probability),
            is_numeric=True),
    _Column("even odds", lambda row: day(row.day_50)),
    _Column("90 % sure", lambda row: day(row.day_90)),
    _Column("expected", lambda row: day(row.day_expected), from_width=108),
    _Column("within", lambda row: counted(row.within_days, "day", "days"), is_numeric=True,
            from_width=120),
)  # fmt: skip


def print_crossings(out: Console, rows: Sequence[CrossingRow], *, is_all: bool) -> None:
    """Print rows, soonest first; without `is_all` those that are hardly likely are counted."""
    trusted = [row for row in rows if row.verdict == FORECASTABLE]
    others = [row for row in rows if row.verdict == NOT_FORECASTABLE]
    refused = [row for row in rows if row.verdict == REFUSED]
    if len({row.metric_id for row in rows}) == 1:
        out.print(rows[0].metric_id, style="bold")
    if not _print(out, trusted, is_all=is_all):
        out.print("No crossing is likely." if trusted else "Nothing is forecastable.")
    if others:
        out.print(
            "\nNot forecastable, and not to be relied on: not surely better than a naive method, "
            "or intervals that did not hold"
        )
        _print(out, others, is_all=is_all)
    if refused:
        out.print(f"\nRefused: {counted(len(refused), 'series', 'series')}")
        for row in refused if is_all else refused[:_REFUSED_SHOWN]:
            out.print(f"  {row.metric_id}, {_part(row)}: {printable(row.reason)}")
        if len(refused) > _REFUSED_SHOWN and not is_all:
            out.print(f"  and {len(refused) - _REFUSED_SHOWN} more (--all shows them)")


def crossings_table(rows: Sequence[CrossingRow], *, width: int, is_of_one: bool = False) -> Table:
    """Return rows as a table that fits a terminal `width` letters wide; of one metric unnamed."""
    columns = [column for column in _COLUMNS if width >= column.from_width]
    if is_of_one:
        columns[0] = _Column("series", _part)
    made = table(
        *(column.heading for column in columns),
        numeric=[column.heading for column in columns if column.is_numeric],
        whole=[column.heading for column in columns[1:]],
    )
    for row in rows:
        made.add_row(*(column.cell(row) for column in columns))
    return made


def _print(out: Console, rows: Sequence[CrossingRow], *, is_all: bool) -> bool:
    """Print a table of the likely rows and count the others; say whether there was a likely one."""
    shown = [row for row in rows if is_all or row.is_likely]
    if shown:
        is_of_one = len({row.metric_id for row in rows}) == 1
        out.print(crossings_table(shown, width=out.width, is_of_one=is_of_one))
    if len(shown) < len(rows):
        out.print(f"  {'and ' * bool(shown)}{len(rows) - len(shown)} below 5 % (--all shows them)")
    return bool(shown)
