"""`anfl status`: the scoreboard of a data folder, and what is overdue.

What a person or a machine sees of it; judging is dbt's, reading is the report package's.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.board import board_table, left_out, summary
from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.report.scoreboard import BoardRow
    from anfl_assets.store.workspace import Workspace

# Subjects that are on target are told apart up to here; more are counted in one line.
_CALM_SHOWN = 3
_CALM_SHOWN_LIVE = 8


@click.command(name="status")
@data_dir_option
@as_of_option
@click.option("--metric", "metric_name", help="One metric only, by id or alias.")
@click.option("--all", "is_complete", is_flag=True, help="Every subject, also those on target.")
@click.option("--live", "is_live", is_flag=True, help="What is so now, between two builds.")
@json_option
def command(
    data_dir: Path,
    as_of: datetime | None,
    metric_name: str | None,
    *,
    is_complete: bool,
    is_live: bool,
    as_json: bool,
) -> None:
    """Show the scoreboard: every metric and subject, worst first."""
    workspace = existing_workspace(data_dir)
    if is_live:
        if as_of is not None:
            raise click.UsageError("--live is this moment, --as-of another: choose one")
        _show_live(workspace, metric_name, is_complete=is_complete, as_json=as_json)
        return
    board = read_board(workspace, now=current_moment(as_of), as_of=as_of, metric_name=metric_name)
    if as_json:
        print_json([json_row(row) for row in board])
        return
    calm_shown = len(board) if is_complete or metric_name else _CALM_SHOWN
    show(board, workspace, console(), now=current_moment(as_of), calm_shown=calm_shown)


def _show_live(
    workspace: Workspace, metric_name: str | None, *, is_complete: bool, as_json: bool
) -> None:
    from anfl_assets.cli.live_board import Shown, judged_live, live_view, open_live_path

    wanted = None if metric_name is None else _resolved(metric_name)
    with open_live_path(workspace) as path:
        now = current_moment(None)
        board = path.board(now=now)
        rows = judged_live(board, wanted)
        if as_json:
            print_json([json_row(row) for row in rows])
            return
        screen = console()
        calm_shown = len(rows) if is_complete or metric_name else _CALM_SHOWN_LIVE
        shown = Shown(board, rows, now)
        screen.print(live_view(path, shown, width=screen.width, calm_shown=calm_shown))


def _resolved(metric_name: str) -> frozenset[str]:
    from anfl_assets.catalog import load_catalog

    return frozenset(metric.metric_id for metric in load_catalog().resolve(metric_name))


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
    wanted = _resolved(metric_name)
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
    """Print the board, a line that sums it up, and what to know."""
    console.print(board_table(board, width=console.width, now=now, calm_shown=calm_shown))
    console.print(summary(board))
    if (told := left_out(console.width)) is not None:
        console.print(told)
    for notice in _notices(workspace, now):
        for line in notice.splitlines():
            console.print(printable(line))


def _notices(workspace: Workspace, now: datetime) -> list[str]:
    """Say whose data this is if simulated, and which manual sources are overdue."""
    from anfl_assets.flow.overdue import notices

    return notices(workspace, now)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
