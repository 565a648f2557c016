"""How far each feed has delivered: the end of its last event, rounded up to what it completes.

A running system also says itself up to when it has told everything, and may have had nothing to
tell: then that is how far it has delivered.

A window is closed, and judged, once it ends at or before the watermark of its sources. Wall-clock
time plays no part, so a file of 2011 is judged as 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from anfl_assets.collect.feed import Feeds
from anfl_assets.store import live_loads
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import LOADS

# What tells of a moment is in the period that begins with it: an order of 1 March is of March.
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Watermark:
    """How far one feed has delivered one entity, and since which day.

    `told_at` is how far a running system has told everything, with or without rows; None of files,
    of which only what they hold is known.
    """

    feed: str
    entity: str
    watermark_at: datetime
    first_on: date
    told_at: datetime | None = None


def watermarks(ledger: Ledger, feeds: Feeds, *, now: datetime) -> list[Watermark]:
    """Return one watermark per feed that ever landed a row, in order of feed name.

    A feed no longer in the feeds file keeps the end of its last event. Rounding never goes past
    `now`: a day that is still running is not complete, whatever its file says.
    """
    columns = LOADS.c
    query = (
        select(
            columns.feed,
            columns.entity,
            func.max(columns.last_event_at).label("last_at"),
            func.min(columns.first_event_at).label("first_at"),
        )
        .where(columns.status == "landed", columns.last_event_at.is_not(None))
        .group_by(columns.feed, columns.entity)
        .order_by(columns.feed)
    )
    told = live_loads.complete_to(ledger)
    return [
        Watermark(
            feed=row["feed"],
            entity=row["entity"],
            watermark_at=max(
                _completed(feeds, row["feed"], row["last_at"], now),
                min(told[row["feed"]], now) if row["feed"] in told else row["last_at"],
            ),
            first_on=row["first_at"].date(),
            told_at=min(told[row["feed"]], now) if row["feed"] in told else None,
        )
        for row in ledger.rows(query)
    ]


def _completed(feeds: Feeds, name: str, last_at: datetime, now: datetime) -> datetime:
    feed = feeds.by_name.get(name)
    if feed is None or feed.complete_to is None:
        return last_at
    within = last_at + _INSTANT if feed.tells_moments else last_at
    return max(last_at, min(feed.complete_to.ceiling(within), now))
