"""Which feeds file a data folder belongs to: one data folder is one organisation.

The first run of a folder binds it; from then on every part finds the feeds file here. A file
inside the folder (the example company's) is remembered by its place in it, so the folder may move.
"""

from __future__ import annotations

import os
from pathlib import Path

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace

FEEDS_SETTING = "feeds_path"


def bound_feeds(workspace: Workspace) -> Path | None:
    """Return the feeds file of the folder; None while it has none."""
    with open_ledger(workspace) as ledger:
        kept = ledger.setting(FEEDS_SETTING)
    return None if kept is None else workspace.root / kept


def bind_feeds(workspace: Workspace, feeds: Path | None) -> Path:
    """Bind the folder to `feeds` at its first use; return the feeds file it is bound to.

    A file with a fault binds no folder: it may be the wrong file.

    Raises:
        FeedError: the feeds file is wrong.
        WorkspaceError: it is bound to another file, or to none and `feeds` is None, or the file
            it is bound to is gone.
    """
    bound = bound_feeds(workspace)
    if feeds is None:
        if bound is None:
            raise WorkspaceError(
                f"{workspace.root}: no feeds file yet; start with `anfl run --feeds FILE`"
            )
        load_feeds(_present(workspace, bound), os.environ)
        return bound
    wanted = _present(workspace, feeds.resolve())
    if bound is not None and bound.resolve() != wanted:
        raise WorkspaceError(
            f"{workspace.root}: belongs to the feeds file {bound}, not {wanted}; one data folder "
            "is one organisation, so choose another --data-dir"
        )
    load_feeds(wanted, os.environ)
    if bound is None:
        _keep(workspace, wanted)
    return wanted


def _keep(workspace: Workspace, feeds: Path) -> None:
    root = workspace.root.resolve()
    kept = feeds.relative_to(root) if feeds.is_relative_to(root) else feeds
    with open_ledger(workspace) as ledger:
        ledger.keep_setting(FEEDS_SETTING, str(kept))


def _present(workspace: Workspace, feeds: Path) -> Path:
    if not feeds.is_file():
        raise WorkspaceError(f"{feeds}: no such feeds file (data folder {workspace.root})")
    return feeds
