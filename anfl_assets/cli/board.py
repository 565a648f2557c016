"""The board as a person reads it: a table grouped by metric, worst first, and a line that sums up.

Only what is seen at a terminal; `anfl status`, `anfl run` and `anfl watch-metrics` print it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.cli.render import (
    NOTHING,
    count,
    duration,
    label,
    quantity,
    status_text,
    table,
)
from anfl_assets.wording.windows import window_name

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from anfl_assets.report.scoreboard import BoardRow

_OPERATORS = {"<=": "≤", ">=": "≥"}


def board_table(board: list[BoardRow], *, width: int, now: datetime, calm_shown: int) -> Table:
    """Return the board as a table that fits a terminal `width` letters wide.

    Of subjects on target `calm_shown` are told apart for each metric; the others are counted.
    """
    columns = [column for column in _COLUMNS if width >= column.from_width]
    made = table(
        *(column.heading for column in columns),
        numeric=[column.heading for column in columns if column.is_numeric],
        whole=[column.heading for column in columns[1:]],
    )
    for metric_id, rows in _groups(board):
        _add_group(made, metric_id, rows, columns=columns, now=now, calm_shown=calm_shown)
    return made


def left_out(width: int) -> str | None:
    """Say how many columns a terminal of this width has no room for; None where all fit."""
    fitting = sum(width >= column.from_width for column in _COLUMNS)
    if fitting == len(_COLUMNS):
        return None
    return f"{fitting} of {len(_COLUMNS)} columns fit; --json has them all"


class _Column(NamedTuple):
    """A column of the board: its cell, and the narrowest terminal that has room for it."""

    heading: str
    cell: Callable[[BoardRow, datetime], str | Text]
    is_numeric: bool = False
    from_width: int = 0


_COLUMNS = (
    _Column("metric / subject", lambda row, _: f"  {label(row.subject)}"),
    _Column("status", lambda row, _: status_text(row.status)),
    _Column("value", lambda row, _: quantity(row.value, row.unit), is_numeric=True),
    _Column("target", lambda row, _: _target(row), is_numeric=True, from_width=72),
    _Column("alert", lambda row, _: _threshold(row), is_numeric=True, from_width=84),
    _Column("since (UTC)", lambda row, now: _since(row.since, now), from_width=100),
    _Column("window", lambda row, _: _window(row), from_width=124),
    _Column("change", lambda row, _: _change(row), is_numeric=True, from_width=134),
    _Column("samples", lambda row, _: count(row.sample_count), is_numeric=True, from_width=144),
    _Column("age", lambda row, _: duration(row.staleness_s), is_numeric=True, from_width=156),
)


def _groups(board: list[BoardRow]) -> list[tuple[str, list[BoardRow]]]:
    """Group by metric, metrics in the order of their worst row."""
    order = {row.metric_id: n for n, row in reversed(list(enumerate(board)))}
    ordered = sorted(board, key=lambda row: order[row.metric_id])
    return [(name, list(rows)) for name, rows in groupby(ordered, lambda row: row.metric_id)]


def _add_group(
    made: Table,
    metric_id: str,
    rows: list[BoardRow],
    *,
    columns: list[_Column],
    now: datetime,
    calm_shown: int,
) -> None:
    calm = [row for row in rows if row.status == "on_target" and not row.is_whole]
    hidden = calm[calm_shown:] if len(calm) > calm_shown + 1 else []
    made.add_row(metric_id, style="bold")
    for row in rows:
        if row not in hidden:
            made.add_row(*(column.cell(row, now) for column in columns))
    if hidden:
        made.add_row(f"  {len(hidden)} more", status_text("on_target"))


def _target(row: BoardRow) -> str:
    operator = _OPERATORS.get(row.target_operator, row.target_operator)
    return f"{operator} {row.target:,.6g}"


def _threshold(row: BoardRow) -> str:
    """Say the threshold as a breach reads: strictly beyond it."""
    beyond = ">" if row.target_operator in {"<", "<="} else "<"
    return f"{beyond} {row.threshold:,.6g}"


def _change(row: BoardRow) -> str:
    return NOTHING if row.change is None else f"{row.change:+,.2f}"


def _since(since: datetime | None, now: datetime) -> str:
    """Say since when: the time for the last day, the date for what began at midnight."""
    if since is None:
        return NOTHING
    if (now - since).days < 1:
        return f"{since:%H:%M}, {duration(now - since)}"
    return f"{since:%Y-%m-%d}" + ("" if since.hour == since.minute == 0 else f" {since:%H:%M}")


def _window(row: BoardRow) -> str:
    return window_name(row.grain, row.window_start_at, row.window_end_at)


def summary(board: list[BoardRow]) -> str:
    """Count the board's rows by status."""
    counts = dict.fromkeys(("breached", "no_data", "off_target", "insufficient", "on_target"), 0)
    for row in board:
        counts[row.status] += 1
    told = [f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n]
    metrics = len({row.metric_id for row in board})
    named = "1 metric" if metrics == 1 else f"{metrics} metrics"
    return f"{named}, {len(board)} rows: {', '.join(told)}"
