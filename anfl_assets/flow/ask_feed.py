"""Asking one running system for all it has, and landing it, within one run.

For runs without a collector. What can only be sampled at its moment is not asked: one sample a run
would look like a source that is mostly silent. What a collector left in the spool lands all the
same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from anfl_assets.collect.feed import Feed
from anfl_assets.errors import SourceError
from anfl_assets.flow.land_spool import land_segments
from anfl_assets.flow.landing import Place
from anfl_assets.flow.live_feed import LiveFeed, live_feed
from anfl_assets.store import live_loads
from anfl_assets.store.landings import Load

# What is held in memory and in one commit at most, give or take one pull.
_COMMIT_ROWS = 500_000


@dataclass(frozen=True)
class Told:
    """What a feed's source said: its loads, and why it could not be asked further."""

    loads: tuple[Load, ...]
    problems: tuple[SourceError, ...]


def ask_feed(place: Place, feed: Feed) -> Told:
    """Poll until there is no more, and land. Raises as `land_segments`."""
    live = live_feed(place.workspace, place.ledger, feed, place.organisation)
    if live is None:
        return Told((), ())
    loads = list(land_segments(place, feed, live.ended_segments()))
    problems: list[SourceError] = []
    with closing(live):
        if not live.connector.is_momentary:
            for _ in _until_told(place, live, problems):
                loads += land_segments(place, feed, live.ended_segments())
                live.landed(live.spooled_rows)
    return Told(tuple(load for load in loads if load.received), tuple(problems))


def lags(place: Place) -> dict[str, float]:
    """Return per feed how many seconds ago its source had told everything, or its last event was.

    Feeds that never landed a thing are left out.
    """
    told = place.ledger.last_events() | live_loads.complete_to(place.ledger)
    return {feed: (place.now - at).total_seconds() for feed, at in told.items()}


def _until_told(place: Place, live: LiveFeed, problems: list[SourceError]) -> Iterator[None]:
    """Poll, and stop wherever it is time to land; the last time is when there is no more."""
    has_more = True
    while has_more:
        try:
            has_more = live.poll(place.now).has_more
        except SourceError as error:
            problems.append(error)
            has_more = False
        if not has_more or live.spooled_rows >= _COMMIT_ROWS:
            yield
