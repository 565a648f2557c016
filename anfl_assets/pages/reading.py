"""What one build says, read once and kept until the next: boards, sparklines, notices.

A page never waits for a build, and a build never for a page: while the next build is read, the one
before is still shown.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from anfl_assets.catalog import Catalog
from anfl_assets.flow.clock import Clock
from anfl_assets.pages.kept_open import KeptLedger
from anfl_assets.report.dashboard import MetricView, Panel, metric_views, panels
from anfl_assets.report.scoreboard import BoardRow, scoreboard
from anfl_assets.report.sparks import Course, sparks
from anfl_assets.store.builds import PublishedBuild, last_published, last_published_id
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Reading:
    """One build as pages show it; `as_of` where it was judged for an earlier moment.

    `sparks` has the recent course of each row by metric and subject, oldest first.
    """

    build: PublishedBuild
    catalog: Catalog
    board: tuple[BoardRow, ...]
    sparks: Mapping[tuple[str, str], Course]
    as_of: datetime | None = None

    def panels(self, dashboard: str) -> tuple[Panel, ...]:
        """Return what a dashboard shows."""
        return panels(self.catalog, dashboard, self.board)

    def metrics(self) -> tuple[MetricView, ...]:
        """Return every metric, in the catalog's order."""
        return metric_views(self.catalog, self.board)

    def rows(self, metric_id: str) -> list[BoardRow]:
        """Return the rows of one metric, worst first."""
        return [row for row in self.board if row.metric_id == metric_id]


@dataclass
class Readings:
    """The newest build's reading; asked on each request, read when there is a new build."""

    workspace: Workspace
    catalog: Catalog
    ledger: KeptLedger
    clock: Clock
    _kept: Reading | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _coming: asyncio.Task[Reading] | None = None

    async def current(self) -> Reading | None:
        """Return the newest reading that is ready; None while nothing was ever published.

        The first one is waited for; a newer one is read beside the requests that go on.
        """
        newest = await asyncio.to_thread(self._newest)
        if newest is None:
            return None
        if self._kept is not None and self._kept.build.build_id == newest.build_id:
            return self._kept
        if self._coming is None or self._coming.done():
            self._coming = asyncio.create_task(asyncio.to_thread(self._read, newest))
        return self._kept or await asyncio.shield(self._coming)

    async def at(self, as_of: datetime) -> Reading | None:
        """Return what stood at an earlier moment, by the newest build; None where none is."""
        newest = await asyncio.to_thread(self._newest)
        if newest is None:
            return None
        return await asyncio.to_thread(self._judged, newest, as_of)

    def _newest(self) -> PublishedBuild | None:
        """Return the newest build: the one that was read where there is none after it.

        A build has all its SQL with it: too much to read for every page.
        """
        if not self.workspace.state_path.exists():
            return None
        ledger, kept = self.ledger(), self._kept
        if kept is not None and last_published_id(ledger) == kept.build.build_id:
            return kept.build
        return last_published(ledger)

    def _read(self, build: PublishedBuild) -> Reading:
        with self._lock:
            if self._kept is None or self._kept.build.build_id != build.build_id:
                self._kept = self._judged(build, None)
            return self._kept

    def _judged(self, build: PublishedBuild, as_of: datetime | None) -> Reading:
        from anfl_assets.report.published import opened

        with opened(self.workspace, build) as published:
            board = tuple(scoreboard(published, now=self.clock.now(), as_of=as_of))
            return Reading(build, self.catalog, board, sparks(published, board), as_of)
