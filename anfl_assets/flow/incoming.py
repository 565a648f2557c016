"""Is my data coming in: one line for each feed, of running systems and of files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.template import due
from anfl_assets.store import live_loads
from anfl_assets.store.collector_lock import is_collecting
from anfl_assets.store.feed_states import FeedState, feed_states
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import LOADS
from anfl_assets.store.workspace import Workspace

# A poll that has not ended by then hangs: the source took the question and gives no answer.
_PATIENCE = timedelta(seconds=30)
# A source is given so much time, or so many of its own rounds, before it counts as silent.
_SILENT_AFTER = timedelta(minutes=2)
_ROUNDS = 5


@dataclass(frozen=True)
class Incoming:
    """How one feed is doing.

    `state` of a running system: ok, idle (answers, has nothing new), waiting (not asked yet), slow,
    down, faulty, off (no collector asks it); of files: ok, overdue, never. `since` is when a source
    went down. `lag_s` is how long ago a system had told everything, or the last file landed.
    `refused` counts rows in quarantine; `rows_per_min` is None for files.
    """

    feed: str
    entity: str
    address: str
    is_live: bool
    every: str
    state: str
    since: datetime | None
    lag_s: float | None
    rows_per_min: float | None
    refused: int
    waiting_rows: int
    message: str


@dataclass(frozen=True)
class Standing:
    """All feeds of a data folder, and whether a collector runs."""

    is_collecting: bool
    feeds: tuple[Incoming, ...]


def silent_after(feed: Feed) -> timedelta:
    """How long a running system may tell nothing before it counts as silent."""
    return max(_SILENT_AFTER, _ROUNDS * (feed.every or timedelta()))


def standing(workspace: Workspace, ledger: Ledger, feeds: Feeds, *, now: datetime) -> Standing:
    """Return how each feed of the feeds file is doing, in its order."""
    is_running = is_collecting(workspace)
    states = feed_states(ledger) if is_running else {}
    landed = _landed(ledger)
    told = live_loads.complete_to(ledger)
    return Standing(
        is_running,
        tuple(
            _of_files(feed, landed.get(feed.name, {}), now)
            if feed.connector is None
            else _of_system(
                feed,
                states.get(feed.name),
                landed.get(feed.name, {}),
                told.get(feed.name),
                now=now,
                is_running=is_running,
            )
            for feed in feeds.feeds
        ),
    )


def _landed(ledger: Ledger) -> dict[str, dict[str, Any]]:
    query = (
        select(
            LOADS.c.feed,
            func.max(LOADS.c.landed_at).label("landed_at"),
            func.max(LOADS.c.last_event_at).label("last_event_at"),
            func.sum(LOADS.c.quarantined).label("refused"),
        )
        .where(LOADS.c.status.in_(("landed", "rejected")))
        .group_by(LOADS.c.feed)
    )
    return {row["feed"]: row for row in ledger.rows(query)}


def _of_files(feed: Feed, landed: Mapping[str, Any], now: datetime) -> Incoming:
    landed_at = landed.get("landed_at")
    state = "overdue" if due(feed, landed_at, now).is_overdue else "ok"
    return Incoming(
        feed=feed.name,
        entity=feed.entity,
        address=", ".join(feed.files),
        is_live=False,
        every=str(feed.expect_every),
        state=state if landed_at else "never",
        since=None,
        lag_s=(now - landed_at).total_seconds() if landed_at else None,
        rows_per_min=None,
        refused=landed.get("refused", 0),
        waiting_rows=0,
        message="" if landed_at else "no file has landed; `anfl run` lands files",
    )


def _of_system(
    feed: Feed,
    state: FeedState | None,
    landed: Mapping[str, Any],
    told: datetime | None,
    *,
    now: datetime,
    is_running: bool,
) -> Incoming:
    furthest = [
        each
        for each in (state.complete_to if state else None, told, landed.get("last_event_at"))
        if each is not None
    ]
    state = state or FeedState(feed.name, feed.entity, "", 0.0)
    word = _word(state, now) if is_running else "off"
    return Incoming(
        feed=feed.name,
        entity=feed.entity,
        # The collector's environment may name another place than this process's.
        address=state.address or (feed.connector.address if feed.connector else ""),
        is_live=True,
        every=_words(feed.every or timedelta(minutes=1)),
        state=word,
        since=state.down_at,
        lag_s=(now - max(furthest)).total_seconds() if furthest else None,
        rows_per_min=state.rows_per_min if is_running else None,
        refused=landed.get("refused", 0),
        waiting_rows=state.spooled_rows,
        message="has not answered since it was last asked" if word == "slow" else state.message,
    )


def _word(state: FeedState, now: datetime) -> str:
    every = timedelta(seconds=state.every_s)
    is_hanging = state.next_at is not None and now > state.next_at + max(_PATIENCE, every)
    return "slow" if is_hanging and state.state in ("ok", "idle") else state.state


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"  # noqa: PLR2004 - minute
