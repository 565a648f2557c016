"""The one resource: the data folder a run works on, its feeds file and its idea of now.

Places come from `ANFL_DATA_DIR` and `ANFL_FEEDS`, or from a run's own configuration; nothing is
read from the environment before a run starts.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from anfl_assets.collect.feed import Feeds
from anfl_assets.store.workspace import Workspace, open_workspace

DATA_DIR_VARIABLE = "ANFL_DATA_DIR"
FEEDS_VARIABLE = "ANFL_FEEDS"


class WorkspaceResource(dg.ConfigurableResource[Workspace]):
    """A data folder; an empty `feeds` is the feeds file the folder was first run with."""

    data_dir: str
    feeds: str = ""
    as_of: str = ""

    def open(self) -> Workspace:
        """Open the data folder, making it where it is missing."""
        return open_workspace(Path(self.data_dir))

    def now(self) -> datetime:
        """Return the moment this run acts at: `as_of` where given, else the clock."""
        return datetime.fromisoformat(self.as_of) if self.as_of else datetime.now(UTC)

    def load_feeds(self) -> Feeds:
        """Read the folder's feeds file.

        Raises:
            FeedError: it is wrong; every fault at once.
            WorkspaceError: the folder has none yet, or belongs to another one.
        """
        from anfl_assets.collect.feeds import load_feeds
        from anfl_assets.flow.binding import bind_feeds

        path = bind_feeds(self.open(), Path(self.feeds) if self.feeds else None)
        return load_feeds(path, os.environ)


def workspace_from_environment() -> WorkspaceResource:
    """Make the resource that reads its places from the environment when a run starts."""
    return WorkspaceResource(data_dir=dg.EnvVar(DATA_DIR_VARIABLE), feeds=dg.EnvVar(FEEDS_VARIABLE))
