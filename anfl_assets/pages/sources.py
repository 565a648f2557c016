"""Whether data comes in, source by source (§2.1): worst state, newest data, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import AnflError
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.incoming import Incoming, standing
from anfl_assets.frames import TABLES
from anfl_assets.pages.kept_open import KeptLedger
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace

_KEPT_S = 10.0
_FINE = ("ok", "idle", "waiting")


@dataclass(frozen=True)
class SourceView:
    """One source: its feeds, and up to when there is data (None: there is none)."""

    name: str
    feeds: tuple[Incoming, ...]
    newest_at: datetime | None

    @property
    def troubled(self) -> tuple[Incoming, ...]:
        """Feeds that do not deliver as they should."""
        return tuple(feed for feed in self.feeds if feed.state not in _FINE)


@dataclass
class Sources:
    """How the feeds of a data folder stand, looked up again after ten seconds."""

    workspace: Workspace
    environ: Mapping[str, str]
    ledger: KeptLedger
    clock: Clock
    _feeds: Sequence[Incoming] = ()
    _looked_at: float | None = field(default=None)

    def views(self, build: PublishedBuild) -> list[SourceView]:
        """Return every source that has a feed, in the order of §2.1; none if they are unreadable.

        A feeds file with a fault is a notice above every page.
        """
        self._look()
        now = self.clock.now()
        watermarks = {name: datetime.fromisoformat(at) for name, at in build.watermarks.items()}
        views = []
        for source in dict.fromkeys(table.source for table in TABLES.values()):
            feeds = tuple(each for each in self._feeds if TABLES[each.entity].source == source)
            newest = [at for each in feeds if (at := _newest(each, watermarks, now)) is not None]
            if feeds:
                views.append(SourceView(source, feeds, max(newest, default=None)))
        return views

    def _look(self) -> None:
        at = self.clock.monotonic()
        if self._looked_at is not None and at - self._looked_at < _KEPT_S:
            return
        self._looked_at = at
        try:
            self._feeds = self._standing()
        except AnflError:
            self._feeds = ()

    def _standing(self) -> Sequence[Incoming]:
        path = bound_feeds(self.workspace)
        if path is None:
            return ()
        feeds = load_feeds(path, self.environ)
        return standing(self.workspace, self.ledger(), feeds, now=self.clock.now()).feeds


def _newest(feed: Incoming, watermarks: Mapping[str, datetime], now: datetime) -> datetime | None:
    """Return up to when a feed has brought data: a running system tells it itself."""
    if feed.is_live and feed.lag_s is not None:
        return now - timedelta(seconds=feed.lag_s)
    return watermarks.get(f"{feed.feed}/{feed.entity}")
