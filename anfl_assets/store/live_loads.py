"""What landed of running systems: where each feed's next pull goes on, and keeping its rows few.

A load of a running system is one spool segment; `live/<segment>` is its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select

from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import LIVE_LOADS, LOADS, SUITE_RESULTS

# Results of landings that went well say nothing new after this; a day of 20 feeds has 300,000.
_RESULTS_KEPT = timedelta(hours=1)
# How far back a load without rows is looked for: the newest loads of every feed are within it.
_RECENT_LOADS = 2_000


@dataclass(frozen=True)
class LiveSum:
    """What landed of one feed since some load."""

    loads: int
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    superseded: int


def segment_path(name: str) -> str:
    """Return the path under which a segment is a load."""
    return f"live/{name}"


def last_cursor(ledger: Ledger, feed: str) -> str | None:
    """Return the cursor of the feed's newest load; None where nothing of it ever landed.

    A load rejected whole was told all the same: what it held is in quarantine and not asked again.
    """
    query = (
        select(LIVE_LOADS.c.cursor)
        .join(LOADS)
        .where(LOADS.c.feed == feed, LOADS.c.status != "staged")
        .order_by(LOADS.c.load_id.desc())
        .limit(1)
    )
    found = ledger.rows(query)
    return str(found[0]["cursor"]) if found else None


def landed_segments(ledger: Ledger, feed: str, contents: Iterable[str]) -> set[tuple[str, str]]:
    """Return (path, content_sha256) of the feed's loads that have one of these contents."""
    columns = (LOADS.c.path, LOADS.c.content_sha256)
    query = select(*columns).where(
        LOADS.c.feed == feed,
        LOADS.c.content_sha256.in_(list(contents)),
        LOADS.c.status != "staged",
    )
    return {(row["path"], row["content_sha256"]) for row in ledger.rows(query)}


def complete_to(ledger: Ledger) -> dict[str, datetime]:
    """Return per feed how far its landed loads have told everything; none that cannot say."""
    query = (
        select(LOADS.c.feed, func.max(LIVE_LOADS.c.complete_to).label("until"))
        .join(LIVE_LOADS)
        .where(LOADS.c.status == "landed", LIVE_LOADS.c.complete_to.is_not(None))
        .group_by(LOADS.c.feed)
    )
    return {row["feed"]: row["until"] for row in ledger.rows(query)}


def landed_since(ledger: Ledger, feed: str, load_id: int) -> LiveSum:
    """Add up the feed's landed loads after `load_id`."""
    names = ("received", "accepted", "quarantined", "duplicates", "superseded")
    sums = (func.coalesce(func.sum(LOADS.c[name]), 0).label(name) for name in names)
    query = select(func.count().label("loads"), *sums).where(
        LOADS.c.feed == feed, LOADS.c.load_id > load_id, LOADS.c.status != "staged"
    )
    return LiveSum(**ledger.rows(query)[0])


def count_of(ledger: Ledger, *, source: str | None = None) -> int:
    """Return how many loads are of running systems (of one source)."""
    query = select(func.count().label("loads")).select_from(LIVE_LOADS)
    if source is not None:
        query = query.join(LOADS).where(LOADS.c.source == source)
    return int(ledger.rows(query)[0]["loads"])


def forget_idle(ledger: Ledger, feed: str) -> None:
    """Remove the feed's loads without rows that a newer load says all of and more.

    What an idle source tells is how far it has told: the newest is enough.
    """
    newest = (
        select(LOADS.c.load_id, LIVE_LOADS.c.complete_to)
        .join(LIVE_LOADS)
        .where(LOADS.c.feed == feed, LOADS.c.status == "landed")
        .order_by(LOADS.c.load_id.desc())
        .limit(1)
    )
    found = ledger.rows(newest)
    if not found:
        return
    last = found[0]
    # Where the newest cannot say how far, comparing with nothing holds for none.
    until = LIVE_LOADS.c.complete_to
    told = or_(until.is_(None), until <= last["complete_to"])
    empty = (
        select(LOADS.c.load_id)
        .join(LIVE_LOADS)
        .where(
            LOADS.c.feed == feed,
            LOADS.c.status == "landed",
            LOADS.c.received == 0,
            LOADS.c.load_id.between(last["load_id"] - _RECENT_LOADS, last["load_id"] - 1),
            told,
        )
    )
    with ledger.transaction() as connection:
        connection.execute(delete(LOADS).where(LOADS.c.load_id.in_(empty)))


def forget_passed(ledger: Ledger, *, now: datetime) -> None:
    """Remove results of expectations that live landings older than an hour passed.

    Failures stay, and so does whatever each feed's newest judged landing gave.
    """
    table = SUITE_RESULTS.c
    live = select(LOADS.c.landing_id).join(LIVE_LOADS)
    last_ids = select(func.max(table.id)).group_by(table.feed)
    newest = select(table.landing_id).where(table.id.in_(last_ids))
    query = delete(SUITE_RESULTS).where(
        table.at < now - _RESULTS_KEPT,
        table.success,
        table.landing_id.in_(live),
        table.landing_id.not_in(newest),
    )
    with ledger.transaction() as connection:
        connection.execute(query)
