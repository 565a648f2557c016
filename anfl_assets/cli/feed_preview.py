"""What a feed would land, for a person to look at: one file, or one pull of a running system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.feed_files import chosen_file, files_of

if TYPE_CHECKING:
    from datetime import datetime

    from anfl_assets.collect.collected import Collected
    from anfl_assets.collect.connect.connector import Connector
    from anfl_assets.collect.feed import Feed, Feeds

_LARGE_BYTES = 50 * 2**20


@dataclass(frozen=True)
class Preview:
    """Rows and rejects of one `place`: a file's path, one of `files`, or an address."""

    place: str
    collected: Collected
    files: int = 0

    @property
    def title(self) -> str:
        """Where they come from, in words."""
        return f"{self.place} (of {self.files} files)" if self.files > 1 else self.place


def preview_of(
    feed: Feed, feeds: Feeds, *, file_name: str | None, data_dir: Path, now: datetime
) -> Preview:
    """Read one of a feed's files (the first, or the one named), or pull once; nothing is kept.

    Raises:
        SourceUnavailable: the source is down, or there is no file.
        SourceError: what it says cannot be used.

    """
    from anfl_assets.collect.read import read_feed_file

    if feed.connector is not None:
        if file_name is not None:
            raise click.UsageError(
                f"feed {feed.name} has no files: it asks {feed.connector.address}"
            )
        collected = _pulled(feed, feed.connector, feeds, data_dir=data_dir, now=now)
        return Preview(feed.connector.address, collected)
    files = files_of(feed)
    found = chosen_file(files, file_name)
    if found.size > _LARGE_BYTES:
        # The whole file is read, since its end may be refused; standard output is the rows'.
        click.echo(f"reading {found.relative}, {found.size / 2**20:,.0f} MiB …", err=True)
    collected = read_feed_file(feed, found, now=now, organisation=feeds.organisation)
    return Preview(found.relative, collected, len(files))


def _pulled(
    feed: Feed, connector: Connector, feeds: Feeds, *, data_dir: Path, now: datetime
) -> Collected:
    """Ask the source as a first pull does and map what it says."""
    from anfl_assets.collect.collected import Collected
    from anfl_assets.collect.mapping import Mapping
    from anfl_assets.collect.shape.step import Origin, shaped
    from anfl_assets.store.workspace import Workspace

    pull = connector.open(Workspace(data_dir.resolve()), feed.read)
    try:
        pulled = pull.pull(None, now=now)
    finally:
        pull.close()
    batch = shaped(feed.shape, pulled.batch, Origin(feed.name))
    mapped = Mapping(feed, feeds.organisation, now).apply(batch)
    received = mapped.rows.height + mapped.rejects.height
    return Collected(mapped.rows, mapped.rejects, received, mapped.filtered)
