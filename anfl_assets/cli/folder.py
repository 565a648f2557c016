"""Settling a data folder before work starts in it: which feeds file it is filled from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from anfl_assets.store.workspace import Workspace


def settle_feeds(
    workspace: Workspace,
    feeds: Path | None,
    *,
    as_of: datetime | None,
    now: datetime,
    say: Callable[[str], None],
) -> Path:
    """Bind the folder to its feeds file and return it: the example company's where none was named.

    Raises:
        WorkspaceError: the folder belongs to another feeds file.
        UserError: there is no example company to make.
    """
    from anfl_assets.cli import example
    from anfl_assets.flow.binding import bind_feeds, bound_feeds

    bound = bound_feeds(workspace)
    is_example = bound is None or bound.is_relative_to(workspace.example_dir)
    if feeds is None and is_example:
        feeds = example.example_feeds(workspace, as_of=as_of, now=now, say=say)
    return bind_feeds(workspace, feeds)
