"""Which feeds file, feed and file a person means at the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from anfl_assets.collect.discover import FoundFile
    from anfl_assets.collect.feed import Feed, Feeds

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LISTED = 20


def feeds_option(function: _Command) -> _Command:
    """Add --feeds (a Path or None named `feeds_path`)."""
    return click.option(
        "--feeds",
        "feeds_path",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="ANFL_FEEDS",
        show_envvar=True,
        help="The feeds file (default: the one this data folder was filled from).",
    )(function)


def known_feeds_path(given: Path | None, data_dir: Path) -> Path:
    """Return the feeds file a person gave, or the one the data folder knows."""
    from anfl_assets.flow.binding import bound_feeds
    from anfl_assets.store.workspace import Workspace

    if given is not None:
        return given
    workspace = Workspace(data_dir.resolve())
    if workspace.state_path.exists():
        known = bound_feeds(workspace)
        if known is not None:
            return known
    raise click.UsageError(f"{data_dir} knows no feeds file: give --feeds FILE or set $ANFL_FEEDS")


def load(path: Path) -> Feeds:
    """Read a feeds file with this process's environment."""
    from anfl_assets.collect.feeds import load_feeds

    return load_feeds(path, os.environ)


def files_of(feed: Feed) -> list[FoundFile]:
    """Find the feed's files."""
    from anfl_assets.collect.discover import find_files

    return find_files(feed)


def named_feed(feeds: Feeds, name: str) -> Feed:
    """Return the feed of that name, or say which there are."""
    from anfl_assets.config.section import nearest

    feed = feeds.by_name.get(name)
    if feed is None:
        known = list(feeds.by_name)
        hint = f"one of {', '.join(known)}{nearest(name, known)}"
        raise click.UsageError(f"no feed {name!r} in {feeds.path.name}; {hint}")
    return feed


def chosen_file(files: list[FoundFile], name: str | None) -> FoundFile:
    """Return the file of that name or path, or the first when none is named."""
    if name is None:
        return files[0]
    for found in files:
        if name in (found.relative, found.path.name):
            return found
    listed = ", ".join(found.relative for found in files[:_LISTED])
    raise click.UsageError(f"no file {name!r} among {listed}")
