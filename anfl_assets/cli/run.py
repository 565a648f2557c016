"""`anfl run`: the whole pipeline once, in this process, and then the scoreboard.

The run is a Dagster run on the data folder's own instance, so `anfl up` shows it in its history.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.feed_files import feeds_option
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable
from anfl_assets.cli.step_lines import StepLines, step_label
from anfl_assets.errors import WorkspaceError

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.defs.launch import RunOutcome
    from anfl_assets.store.workspace import Workspace

_FAULTY = 2


@click.command
@feeds_option
@data_dir_option
@as_of_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    feeds_path: Path | None,
    data_dir: Path,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Collect, build and judge once; print the scoreboard.

    Without --feeds the folder's own feeds file is used, and in a folder that has none the example
    company is made first. Exit code 1: the build failed or was held; 2: a feed must be mended.
    """
    from anfl_assets.store.workspace import open_workspace

    started = time.monotonic()
    now = current_moment(as_of)
    workspace = open_workspace(data_dir)
    lines = console(to_stderr=as_json)
    with StepLines(lines) as progress:
        settle_feeds(workspace, feeds_path, as_of=as_of, now=now, say=progress.say)
        outcome = _execute(workspace, as_of, progress)
    seconds = time.monotonic() - started
    if as_json:
        print_json(asdict(outcome) | {"seconds": round(seconds, 1)})
    else:
        _tell(outcome, lines)
        _print_board(workspace, now, lines, outcome)
        if outcome.is_success and (told := hint(workspace)):
            lines.print(told)
    ctx.exit(exit_code(outcome))


def exit_code(outcome: RunOutcome) -> int:
    """Return 0 for a whole run, 2 where a person must mend a feed, else what the failure asks."""
    if outcome.failures:
        return max(failure.exit_code for failure in outcome.failures)
    if not outcome.is_success:
        return 1
    return _FAULTY if outcome.faulty_feeds else 0


def _execute(workspace: Workspace, as_of: datetime | None, progress: StepLines) -> RunOutcome:
    from sqlalchemy.exc import OperationalError

    from anfl_assets.defs.launch import Request, execute

    request = Request("everything", workspace, as_of=as_of)
    try:
        return execute(request, now=current_moment(None), on_progress=progress)
    except OperationalError as error:
        raise WorkspaceError(
            f"{workspace.root}: the history of runs cannot be written ({error.orig}); what has "
            "landed stays: free some space and run again"
        ) from error


def _tell(outcome: RunOutcome, lines: Console) -> None:
    for run_id in outcome.reaped:
        lines.print(f"▲ run {run_id} had been killed; closed in the history")
    for problem in outcome.problems:
        lines.print(printable(f"▲ {problem}"))
    for failure in outcome.failures:
        lines.print(f"✖ {step_label(failure.step)}: {failure.message}")


def hint(workspace: Workspace) -> str | None:
    """Say how forecasts come about where there are none: a build makes none, being more often."""
    from anfl_assets.report.forecasts import VINTAGES

    if workspace.forecast_path(VINTAGES).exists():
        return None
    command = f"`anfl forecast run --data-dir {workspace.root}`"
    return f"No forecast was made yet; {command} says what will be."


def _print_board(workspace: Workspace, now: datetime, lines: Console, outcome: RunOutcome) -> None:
    """Print the board; a first run that failed has none, and has said why."""
    from anfl_assets.cli.status import print_scoreboard

    try:
        print_scoreboard(workspace, now=now, console=lines)
    except WorkspaceError:
        if outcome.is_success:
            raise
