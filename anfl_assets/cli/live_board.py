"""The live board at a terminal: what was judged within the last seconds, and how fresh it is."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from anfl_assets.cli.board import board_table, left_out, summary
from anfl_assets.cli.render import duration, printable

if TYPE_CHECKING:
    from rich.console import Group

    from anfl_assets.flow.live import LiveBoard, LivePath
    from anfl_assets.report.scoreboard import BoardRow
    from anfl_assets.store.workspace import Workspace

_NAMED = 6


class Shown(NamedTuple):
    """A live board, those of its rows that are shown, and the moment of both."""

    board: LiveBoard
    rows: list[BoardRow]
    now: datetime


def open_live_path(workspace: Workspace) -> LivePath:
    """Open the live path of a folder on the feeds file it is bound to.

    Raises:
        FeedError: the feeds file is wrong.
        WorkspaceError: the folder has no feeds file yet.
    """
    from anfl_assets.collect.feeds import load_feeds
    from anfl_assets.flow.binding import bind_feeds
    from anfl_assets.flow.live import open_live

    return open_live(workspace, load_feeds(bind_feeds(workspace, None), os.environ))


def judged_live(board: LiveBoard, metric_ids: frozenset[str] | None) -> list[BoardRow]:
    """Return the rows that were judged live; of these metrics only, where any are named."""
    return [
        row
        for row in board.rows
        if (row.metric_id, row.subject) in board.live
        and (metric_ids is None or row.metric_id in metric_ids)
    ]


def live_view(path: LivePath, shown: Shown, *, width: int, calm_shown: int) -> Group:
    """Return the board and its freshness, fit to be printed or redrawn."""
    from rich.console import Group
    from rich.text import Text

    from anfl_assets.flow.overdue import simulated
    from anfl_assets.store.collector_lock import is_collecting

    board, rows, now = shown.board, shown.rows, shown.now
    parts: list[Any] = [Text(f"live at {now:%Y-%m-%d %H:%M:%S} UTC; told: {_told(board, now)}")]
    if rows:
        parts.append(board_table(rows, width=width, now=now, calm_shown=calm_shown))
        parts.append(Text(summary(rows)))
        parts += [Text(told) for told in (left_out(width),) if told is not None]
    else:
        parts.append(Text("no live feed brings what is asked for here"))
    if others := len({row.metric_id for row in board.rows} - {name for name, _ in board.live}):
        parts.append(Text(_of_others(path, others)))
    if not is_collecting(path.workspace):
        parts.append(Text("collector not running: start `anfl collect --live` or `anfl up`"))
    parts += [Text(notice) for notice in simulated(path.feeds)]
    return Group(*parts)


def _of_others(path: LivePath, count: int) -> str:
    """Say of the metrics that were not judged live where they are to be seen."""
    from anfl_assets.store.builds import last_published

    named = "1 more metric" if count == 1 else f"{count} more metrics"
    if last_published(path.ledger) is None:
        return f"{named} once there was a build: anfl run"
    return f"{named} as of the last build: anfl status"


def _told(board: LiveBoard, now: datetime) -> str:
    """Say how long ago each feed last told everything, the latest first; mark silent ones."""
    feeds = sorted(board.feeds, key=lambda feed: feed.told_at, reverse=True)
    named = [
        f"{printable(feed.name)} {duration(max((now - feed.told_at).total_seconds(), 0.0))} ago"
        + (" (silent)" if feed.is_silent else "")
        for feed in feeds
    ]
    more = f", {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
