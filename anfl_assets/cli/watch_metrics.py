"""`anfl watch-metrics`: the live board, redrawn until Ctrl-C."""

from __future__ import annotations

import time
from pathlib import Path

import click

from anfl_assets.cli.live_board import Shown, judged_live, live_view, open_live_path
from anfl_assets.cli.options import current_moment, data_dir_option, existing_workspace
from anfl_assets.cli.render import console

_CALM_SHOWN = 8


@click.command(name="watch-metrics")
@data_dir_option
@click.option(
    "--every",
    "every_s",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help="Seconds between two looks.",
)
@click.option("--times", type=click.IntRange(1), help="Look so many times, then end.")
def command(data_dir: Path, every_s: float, times: int | None) -> None:
    """Show the live board and keep it fresh; Ctrl-C ends it."""
    from rich.live import Live

    screen = console()
    looks = 0
    with (
        open_live_path(existing_workspace(data_dir)) as path,
        Live(console=screen, auto_refresh=False, screen=screen.is_terminal) as view,
    ):
        while True:
            now = current_moment(None)
            board = path.board(now=now)
            shown = Shown(board, judged_live(board, None), now)
            view.update(
                live_view(path, shown, width=screen.width, calm_shown=_CALM_SHOWN), refresh=True
            )
            looks += 1
            if looks == times:
                return
            time.sleep(every_s)
