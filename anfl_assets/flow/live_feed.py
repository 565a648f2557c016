"""A feed of a running system on its way into the spool: its connection, its cursor, its segment.

Polls come from one thread at a time, landings from another: the lock is held while a pull is kept
and while the segment is ended, never while the source is asked.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from anfl_assets.collect.connect.connector import Connector, Pull
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import SourceError
from anfl_assets.flow.crash import crash_point
from anfl_assets.flow.polling import Polled, Polling
from anfl_assets.flow.spooled import good_rows
from anfl_assets.store import live_loads
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.spool import SpoolWriter, read_segment, segment_paths, spool_folder
from anfl_assets.store.workspace import Workspace


@dataclass
class LiveFeed:
    """One feed as it is polled; `cursor` is where its next pull goes on.

    `spooled_rows` are those kept by this process that have not landed.
    """

    workspace: Workspace
    feed: Feed
    connector: Connector
    polling: Polling
    cursor: str | None
    spooled_rows: int = field(default=0, init=False)
    _writer: SpoolWriter = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _pull: Pull | None = field(default=None, init=False)
    _bodies: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Write into the feed's own folder."""
        self._writer = SpoolWriter(spool_folder(self.workspace, self.feed.name))

    def poll(self, now: datetime) -> Polled:
        """Ask the source once and keep what it says: it is in the spool when this returns.

        Raises:
            SourceUnavailable: the source is down; nothing was kept.
            SourceError: what it answers cannot be used; nothing was kept.
            WorkspaceError: the spool cannot be written; nothing was kept.

        """
        try:
            if self._pull is None:
                self._pull = self.connector.open(self.workspace, self.feed.read)
            polled = self.polling.poll(self._pull, self.cursor, now=now)
        except SourceError:
            self.close()
            raise
        with self._lock:
            self._keep_keys_apart(polled.rows)
            self._writer.append(polled.rows, polled.note)
            self.cursor = polled.note.cursor
            self.spooled_rows += polled.rows.height
        crash_point("after_spool")
        return polled

    def ended_segments(self) -> list[Path]:
        """End the segment and return all there are; the next pull begins another."""
        with self._lock:
            self._writer.roll()
            self._bodies.clear()
            return segment_paths(self.workspace, self.feed.name)

    def landed(self, rows: int) -> None:
        """Know that so many of the spooled rows have landed."""
        with self._lock:
            self.spooled_rows = max(0, self.spooled_rows - rows)

    def close(self) -> None:
        """Give the connection back; the next poll opens another."""
        pull, self._pull = self._pull, None
        if pull is not None:
            pull.close()

    def _keep_keys_apart(self, rows: pl.DataFrame) -> None:
        """End the segment where a pull says something else of a key than an earlier one in it.

        Within one load that would condemn both rows; in a later load the new row takes the place.
        """
        if not self.feed.key or rows.is_empty():
            return
        good = good_rows(rows, self.feed.entity)
        hashes = good.select(self.feed.table.schema.names()).hash_rows()
        bodies = dict(zip(good["row_key"], hashes, strict=True))
        if any(self._bodies.get(key, body) != body for key, body in bodies.items()):
            self._writer.roll()
            self._bodies.clear()
        self._bodies |= bodies


def live_feed(
    workspace: Workspace, ledger: Ledger, feed: Feed, organisation: Organisation
) -> LiveFeed | None:
    """Return the feed where it stood when it was last polled; None for a feed of files.

    It goes on after the last pull that is whole in the spool, else after its newest load.
    """
    if feed.connector is None:
        return None
    cursor = live_loads.last_cursor(ledger, feed.name)
    for path in reversed(segment_paths(workspace, feed.name)):
        segment = read_segment(path)
        if segment is not None:
            cursor = segment.note.cursor
            break
    return LiveFeed(workspace, feed, feed.connector, Polling(feed, organisation), cursor)
