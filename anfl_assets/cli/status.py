"""`anfl status`: the scoreboard of a data folder, and what is overdue.

What a person or a machine sees of it; judging is dbt's, reading is the report package's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import (
    NOTHING,
    console,
    count,
    duration,
    label,
    printable,
    quantity,
    status_text,
    table,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from anfl_assets.report.scoreboard import BoardRow
    from anfl_assets.store.workspace import Workspace

# Subjects that are on target are told apart up to here; more are counted in one line.
_CALM_SHOWN = 3
_OPERATORS = {"<=": "≤", ">=": "≥"}


@click.command(name="status")
@data_dir_option
@as_of_option
@click.option("--metric", "metric_name", help="One metric only, by id or alias.")
@click.option("--all", "is_complete", is_flag=True, help="Every subject, also those on target.")
@json_option
def command(
    data_dir: Path,
    as_of: datetime | None,
    metric_name: str | None,
    *,
    is_complete: bool,
    as_json: bool,
) -> None:
    """Show the scoreboard: every metric and subject, worst first."""
    workspace = existing_workspace(data_dir)
    board = read_board(workspace, now=current_moment(as_of), as_of=as_of, metric_name=metric_name)
    if as_json:
        print_json([json_row(row) for row in board])
        return
    calm_shown = len(board) if is_complete or metric_name else _CALM_SHOWN
    show(board, workspace, console(), now=current_moment(as_of), calm_shown=calm_shown)


def read_board(
    workspace: Workspace, *, now: datetime, as_of: datetime | None, metric_name: str | None = None
) -> list[BoardRow]:
    """Read the board of the newest build; of one metric, or several of one alias, if named.

    Raises:
        UnknownMetric: no metric or alias of that name.
        WorkspaceError: nothing was published yet.
    """
    from anfl_assets.report.published import open_published
    from anfl_assets.report.scoreboard import scoreboard

    with open_published(workspace) as published:
        board = scoreboard(published, now=now, as_of=as_of)
    if metric_name is None:
        return board
    from anfl_assets.catalog import load_catalog

    wanted = {metric.metric_id for metric in load_catalog().resolve(metric_name)}
    return [row for row in board if row.metric_id in wanted]


def print_scoreboard(workspace: Workspace, *, now: datetime, console: Console) -> None:
    """Print the board as `anfl run` ends with it."""
    board = read_board(workspace, now=now, as_of=None)
    show(board, workspace, console, now=now, calm_shown=_CALM_SHOWN)


def json_row(row: BoardRow) -> dict[str, Any]:
    """Return the row as `--json` prints it; times are ISO 8601 in UTC."""
    return {
        "metric_id": row.metric_id,
        "subject": row.subject,
        "value": row.value,
        "unit": row.unit,
        "target": row.target,
        "target_operator": row.target_operator,
        "threshold": row.threshold,
        "status": row.status,
        "since": _iso(row.since),
        "window_start_at": _iso(row.window_start_at),
        "window_end_at": _iso(row.window_end_at),
        "grain": row.grain,
        "change": row.change,
        "sample_count": row.sample_count,
        "staleness_s": row.staleness_s,
        "severity": row.severity,
        "is_whole": row.is_whole,
    }


def show(
    board: list[BoardRow],
    workspace: Workspace,
    console: Console,
    *,
    now: datetime,
    calm_shown: int,
) -> None:
    """Print the board: a table grouped by metric, a line that sums it up, and what to know."""
    columns = [column for column in _COLUMNS if console.width >= column.from_width]
    made = table(
        *(column.heading for column in columns),
        numeric=[column.heading for column in columns if column.is_numeric],
        whole=[column.heading for column in columns[1:]],
    )
    for metric_id, rows in _groups(board):
        _add_group(made, metric_id, rows, columns=columns, now=now, calm_shown=calm_shown)
    console.print(made)
    console.print(_summary(board))
    if len(columns) < len(_COLUMNS):
        console.print(f"{len(columns)} of {len(_COLUMNS)} columns fit; --json has them all")
    for notice in _notices(workspace, now):
        for line in notice.splitlines():
            console.print(printable(line))


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
    """Say the judged window shortly: minutes by their end, days and months by name."""
    start, end = row.window_start_at, row.window_end_at
    if start is None or end is None:
        return NOTHING
    last = end - timedelta(microseconds=1)
    named = {
        "day": f"{last:%Y-%m-%d}",
        "week": f"week to {last:%m-%d}",
        "month": _months(start, last),
        "quarter": f"Q{(last.month + 2) // 3} {last.year}",
        "30 days": f"30 days to {last:%m-%d}",
        "event": f"event {start:%m-%d %H:%M}",
    }
    return named.get(row.grain, f"{row.grain} to {end:%m-%d %H:%M}")


def _months(start: datetime, last: datetime) -> str:
    """Say one month, or the span of a trailing window: `Aug–Oct 2026`."""
    return f"{last:%b %Y}" if start.month == last.month else f"{start:%b}–{last:%b %Y}"


def _summary(board: list[BoardRow]) -> str:
    counts = dict.fromkeys(("breached", "no_data", "off_target", "insufficient", "on_target"), 0)
    for row in board:
        counts[row.status] += 1
    told = [f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n]
    metrics = len({row.metric_id for row in board})
    named = "1 metric" if metrics == 1 else f"{metrics} metrics"
    return f"{named}, {len(board)} rows: {', '.join(told)}"


def _notices(workspace: Workspace, now: datetime) -> list[str]:
    """Say whose data this is if simulated, and which manual sources are overdue."""
    from anfl_assets.flow.overdue import notices

    return notices(workspace, now)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
