"""What a reader of the board must know beside the numbers: simulated data, overdue sources."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.template import due
from anfl_assets.errors import AnflError
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace


def simulated(feeds: Feeds) -> Iterator[str]:
    """Say what is made up: all of it, all but some feeds, or some feeds."""
    whole = feeds.organisation.is_simulated
    others = [feed.name for feed in feeds.feeds if feed.is_simulated is (not whole)]
    if whole:
        name = feeds.organisation.name or "This organisation"
        real = f"only {', '.join(others)} are real" if others else "no number here is real"
        yield f"Simulated data: {name} is made up; {real}."
    elif others:
        yield f"Simulated data: what {', '.join(others)} bring is made up."


def notices(workspace: Workspace, now: datetime) -> list[str]:
    """Return one line for each thing to know; none where all is well.

    A feeds file that is gone or wrong since the last run is itself a notice: the board stands.
    """
    path = bound_feeds(workspace)
    if path is None:
        return []
    try:
        feeds = load_feeds(path, os.environ)
    except AnflError as error:
        return [f"The feeds file cannot be read: {error}"]
    lines = list(simulated(feeds))
    with open_ledger(workspace) as ledger:
        for feed in feeds.feeds:
            if not feed.is_manual:
                continue
            landed = [
                load["landed_at"] for load in ledger.loads(feed=feed.name) if load["landed_at"]
            ]
            owed = due(feed, max(landed, default=None), now)
            if owed.is_overdue:
                when = f"since {owed.due_at:%Y-%m-%d}" if owed.due_at else "and never came"
                lines.append(
                    f"Overdue: {feed.source} ({feed.name}), expected every {feed.expect_every}, "
                    f"{when}; start one with `anfl feeds template {feed.source}`"
                )
    return lines
