"""`anfl status`: the scoreboard of a data folder, and what is overdue.

What a person or a machine sees of it; judging is dbt's, reading is the report package's.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    change,
    console,
    count,
    duration,
    quantity,
    status_text,
    table,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

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
    """Print the board: a table grouped by metric, a line that sums it up, and what is overdue."""
    made = table(
        "metric", "subject", "status", "value", "target", "alert", "since (UTC)", "window",
        "change", "samples", "age",
        numeric=("value", "target", "alert", "change", "samples", "age"),
    )  # fmt: skip
    for metric_id, rows in _groups(board):
        _add_group(made, metric_id, rows, now=now, calm_shown=calm_shown)
    console.print(made)
    console.print(_summary(board))
    for line in _notices(workspace, now):
        console.print(line)


def _groups(board: list[BoardRow]) -> list[tuple[str, list[BoardRow]]]:
    """Group by metric, metrics in the order of their worst row."""
    order = {row.metric_id: n for n, row in reversed(list(enumerate(board)))}
    ordered = sorted(board, key=lambda row: order[row.metric_id])
    return [(name, list(rows)) for name, rows in groupby(ordered, lambda row: row.metric_id)]


def _add_group(
    made: Table, metric_id: str, rows: list[BoardRow], *, now: datetime, calm_shown: int
) -> None:
    calm = [row for row in rows if row.status == "on_target" and not row.is_whole]
    hidden = calm[calm_shown:] if len(calm) > calm_shown + 1 else []
    for n, row in enumerate(row for row in rows if row not in hidden):
        made.add_row(metric_id if n == 0 else "", *_cells(row, now))
    if hidden:
        made.add_row("", f"{len(hidden)} more", status_text("on_target"))
    made.add_section()


def _cells(row: BoardRow, now: datetime) -> list[Any]:
    compared = {"<": "<", ">": ">"} | _OPERATORS
    return [
        row.subject,
        status_text(row.status),
        quantity(row.value, row.unit),
        f"{compared[row.target_operator]} {quantity(row.target, row.unit)}",
        quantity(row.threshold, row.unit),
        _since(row.since, now),
        _window(row),
        change(row.change, row.unit),
        count(row.sample_count),
        duration(row.staleness_s),
    ]


def _since(since: datetime | None, now: datetime) -> str:
    if since is None:
        return NOTHING
    return f"{since:%H:%M}" if since.date() == now.date() else f"{since:%Y-%m-%d %H:%M}"


def _window(row: BoardRow) -> str:
    """Say the judged window shortly: a month by name, days by date, minutes by time."""
    start, end = row.window_start_at, row.window_end_at
    if start is None or end is None:
        return NOTHING
    if row.grain in {"5 minutes", "hour", "event"}:
        return f"{start:%m-%d %H:%M}–{end:%H:%M}"
    if row.grain == "day":
        return f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d} + {(end - start).days} d"


def _summary(board: list[BoardRow]) -> str:
    counts = dict.fromkeys(("breached", "no_data", "off_target", "insufficient", "on_target"), 0)
    for row in board:
        counts[row.status] += 1
    told = [f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n]
    metrics = len({row.metric_id for row in board})
    return f"{metrics} metrics, {len(board)} subjects: {', '.join(told)}"


def _notices(workspace: Workspace, now: datetime) -> list[str]:
    """Say whose data this is if simulated, and which manual sources are overdue."""
    from anfl_assets.flow.overdue import notices

    return notices(workspace, now)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
