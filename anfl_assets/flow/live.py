"""The live path: the board of this moment, from the lake, the spool and what was built before.

Reads only, holds no lock and waits for nobody. Kept open, it reads each spooled segment once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import polars as pl

from anfl_assets.catalog import load_catalog
from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.bind import meta_tables
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.flow.incoming import silent_after
from anfl_assets.flow.live_tail import Tail, read_tail
from anfl_assets.frames import TABLES
from anfl_assets.measure.engine import Engine, open_engine
from anfl_assets.measure.snapshot import HISTORY, LiveFeed, Snapshot
from anfl_assets.report.published import Published, open_published
from anfl_assets.report.rejudge import live_rows, unbuilt_rows
from anfl_assets.report.scoreboard import BoardRow, board_of, changes, metric_order
from anfl_assets.store import lake
from anfl_assets.store.builds import PublishedBuild, last_published
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.workspace import Workspace

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class LiveBoard:
    """The board of a moment, the feeds that were looked at, and what was judged live.

    `live` are the rows that were, by metric and subject. Frame: `windows` has the columns of
    `fct_metric_status`, one row for each window judged live.
    """

    rows: list[BoardRow]
    feeds: tuple[LiveFeed, ...]
    live: frozenset[tuple[str, str]]
    windows: pl.DataFrame


@dataclass
class LivePath:
    """An open live path of one data folder; close it, or use it in a `with` statement."""

    workspace: Workspace
    feeds: Feeds
    ledger: Ledger
    engine: Engine
    compiled: Mapping[str, str]
    _tail: Tail = field(default_factory=Tail)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.engine.connection.close()
        self.ledger.close()

    def statuses(self, *, now: datetime) -> tuple[pl.DataFrame, tuple[LiveFeed, ...]]:
        """Judge what has ended by now; see `Engine.statuses`."""
        # The spool first: what leaves it while we read is in the lake by then.
        self._tail = read_tail(self.workspace, self._live_feeds(), self._tail)
        built = last_published(self.ledger)
        snapshot = self._snapshot(built, now)
        return self.engine.statuses(snapshot), snapshot.feeds

    def board(self, *, now: datetime) -> LiveBoard:
        """Return the whole board: live rows in the place of built ones.

        Raises:
            WorkspaceError: no feed of the folder is live, or none has delivered yet.
        """
        live, feeds = self.statuses(now=now)
        if not feeds:
            raise WorkspaceError(self._nothing())
        told = {f"{feed.name}/{feed.entity}": feed.told_at for feed in feeds}
        judged = live.drop("feed")
        names = frozenset(live.select("metric_id", "subject").iter_rows())
        if last_published(self.ledger) is None:
            rows = unbuilt_rows(
                self.engine.metrics(), judged, compiled=self.compiled, watermarks=told
            )
            order = list(self.engine.catalog.metrics)
            board = board_of(rows, {}, order=order, now=now)
            return LiveBoard(board, feeds, names, judged)
        with open_published(self.workspace) as published:
            return LiveBoard(self._merged(published, judged, told, now), feeds, names, judged)

    def _merged(
        self,
        published: Published,
        judged: pl.DataFrame,
        told: Mapping[str, datetime],
        now: datetime,
    ) -> list[BoardRow]:
        rows = live_rows(published, judged, watermarks=told)
        return board_of(rows, changes(published, rows), order=metric_order(published), now=now)

    def _live_feeds(self) -> list[Feed]:
        entities = self.engine.models.entities
        return [feed for feed in self.feeds.feeds if feed.connector and feed.entity in entities]

    def _nothing(self) -> str:
        if not self._live_feeds():
            return (
                f"{self.feeds.path.name}: no feed of a technical metric asks a running system; "
                "add one (host, tail, prometheus, openmetrics or sql) and start "
                "`anfl collect --live`"
            )
        return (
            f"{self.workspace.root}: nothing was collected live yet; start `anfl collect --live` "
            "or `anfl up`, then look at `anfl feeds status`"
        )

    def _snapshot(self, built: PublishedBuild | None, now: datetime) -> Snapshot:
        feeds = tuple(
            live
            for feed in self._live_feeds()
            if (live := self._live_feed(feed, built, now)) is not None
        )
        return Snapshot(
            feeds=feeds,
            files=self._files(feeds),
            tail=self._tail.rows_by_entity(),
            loads_in_tail=self._tail.loads(self.ledger),
            history={} if built is None else self._history(built, now),
            meta={
                name: table
                for name, table in meta_tables(self.engine.catalog, self.feeds, []).items()
                if name != "watermarks"
            },
        )

    def _live_feed(
        self, feed: Feed, built: PublishedBuild | None, now: datetime
    ) -> LiveFeed | None:
        told = self._tail.told(feed, self.ledger)
        if told is None:
            return None
        told_at = told.complete_to
        if feed.tells_moments:
            # What was told of up to a moment includes that moment; windows leave out their end.
            told_at += _MICROSECOND
        read = built and built.watermarks.get(f"{feed.name}/{feed.entity}")
        return LiveFeed(
            feed.name,
            feed.entity,
            told_at=told_at,
            built_at=datetime.fromisoformat(read) if read else None,
            carry=feed.max_carry or LiveFeed.carry,
            # Since it last told: some sources always tell of a moment that is minutes ago.
            is_silent=now - told.polled_at > silent_after(feed),
        )

    def _files(self, feeds: Sequence[LiveFeed]) -> dict[str, list[str]]:
        since: dict[str, datetime] = {}
        for feed in feeds:
            since[feed.entity] = min(feed.reads_from, since.get(feed.entity, feed.reads_from))
        return {
            entity: lake.files_since(
                self.workspace.table_path(entity), TABLES[entity].event_at, moment
            )
            for entity, moment in since.items()
        }

    def _history(self, built: PublishedBuild, now: datetime) -> dict[str, list[str]]:
        dates = [(now - n * _DAY).date() for n in range(-1, HISTORY.days + 1)]
        return {
            model: lake.files(self.workspace.mart_path(model), dates, version=built.tables[model])
            for model in self.engine.models.service_rollups
            if model in built.tables
        }


def open_live(workspace: Workspace, feeds: Feeds) -> LivePath:
    """Open the live path of a data folder.

    Raises:
        BuildError: the models cannot be compiled.
        WorkspaceError: the ledger cannot be opened.
    """
    definitions = load_definitions()
    return LivePath(
        workspace,
        feeds,
        open_ledger(workspace),
        open_engine(definitions, load_catalog()),
        {each.name: each.sql for each in definitions},
    )
