"""What one live evaluation looks at: the feeds, how far each has told, and where its rows are.

Every feed has its own last moment, since a source asked every 5 seconds must not wait for one asked
every minute. The models know windows on a fixed grid only, so each feed's times are moved by less
than one window until its last moment stands on the grid: the same SQL then gives the window that
ends now. Results are moved back. A silent feed's last window stays as many windows behind as it is:
of what several feeds bring, the others are judged without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

WINDOW = timedelta(minutes=5)
# How far back rows are looked for where no build has read them yet.
_FURTHEST = timedelta(hours=6)
# A scaling that is not ready is watched for a day.
_SCALING = timedelta(days=1)
# A service is expected for seven days after its last request.
HISTORY = timedelta(days=8)
_GRID = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LiveFeed:
    """A feed of one entity, as far as it has told and as far as builds have read it.

    Everything before `told_at` is known; a feed that should have told more by now is silent.
    `built_at` is its watermark in the last published build; `carry` is how long a probed state is
    believed.
    """

    name: str
    entity: str
    told_at: datetime
    built_at: datetime | None = None
    carry: timedelta = timedelta(minutes=15)
    is_silent: bool = False

    @property
    def from_at(self) -> datetime:
        """Start of the rows that are read anew; what was built before it is read as built."""
        latest = self.told_at - WINDOW
        if self.built_at is None:
            return _floor(self.told_at - _FURTHEST)
        return _floor(min(latest, max(self.built_at, self.told_at - _FURTHEST)))

    @property
    def reads_from(self) -> datetime:
        """Start of the rows the models look at for windows from `from_at` on."""
        look_back = {"probes": self.carry, "scalings": _SCALING}.get(self.entity, timedelta())
        return self.from_at - look_back


@dataclass(frozen=True)
class Snapshot:
    """Rows and words of one moment.

    `files` are the lake's files of an entity, `tail` rows that are not there yet (`feed`, `row_key`
    and the canonical columns, by a name that another content never has); rows of `loads_in_tail`
    are left out of the files. `history` has the published files of each rollup that holds what is
    older than the live rows; `meta` is as a build is bound to, without watermarks.
    """

    feeds: tuple[LiveFeed, ...]
    files: Mapping[str, Sequence[str]]
    tail: Mapping[str, Mapping[str, pl.DataFrame]]
    loads_in_tail: tuple[int, ...] = ()
    history: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meta: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def end_at(self) -> datetime:
        """The point of the grid that every feed's last moment is moved to."""
        latest = max(feed.told_at for feed in self.feeds)
        return -((_GRID - latest) // WINDOW) * WINDOW + _GRID

    def shift(self, feed: LiveFeed) -> timedelta:
        """How far a feed's times are moved: to the end, of a silent one to whole windows before."""
        if not feed.is_silent:
            return self.end_at - feed.told_at
        behind = (max(each.told_at for each in self.feeds) - feed.told_at) // WINDOW
        return self.end_at - max(behind, 1) * WINDOW - feed.told_at

    @property
    def maintenance_shift(self) -> timedelta:
        """How far maintenance is moved: with the probes of feeds that tell, else of any."""
        probing = [feed for feed in self.feeds if feed.entity == "probes"]
        telling = [feed for feed in probing if not feed.is_silent] or probing
        return min((self.shift(feed) for feed in telling), default=timedelta())


def _floor(at: datetime) -> datetime:
    return (at - _GRID) // WINDOW * WINDOW + _GRID
