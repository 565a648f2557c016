"""The feeds that bring a metric's records: what came last, what was set aside, what was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from anfl_assets.frames import TABLES
from anfl_assets.store.ledger import Ledger, Row
from anfl_assets.store.replays import is_standing
from anfl_assets.store.schema import LOADS, QUARANTINE

# What "recent" means where sums are told.
RECENT_LOADS = 50
_REASONS = 8


@dataclass(frozen=True)
class FeedOf:
    """One feed of one canonical table; sums are over its newest loads, at most RECENT_LOADS.

    `received` is `accepted` and `quarantined` and `duplicates`. `watermark_at` is how far the build
    took it as told; None where it was not in the build yet. `checks` are the expectations of its
    newest landing, `failed_checks` those that did not hold.
    """

    feed: str
    entity: str
    loads: int
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    last_load_id: int
    last_path: str
    landed_at: datetime | None
    watermark_at: datetime | None
    checks: int
    failed_checks: tuple[Row, ...]


def feeds_of(
    ledger: Ledger, entities: Sequence[str], watermarks: Mapping[str, str]
) -> list[FeedOf]:
    """Return the feeds of canonical tables that ever loaded, by table and name."""
    query = (
        select(LOADS.c.feed, LOADS.c.entity)
        .where(LOADS.c.entity.in_(list(entities)), LOADS.c.status.in_(("landed", "rejected")))
        .group_by(LOADS.c.feed, LOADS.c.entity)
    )
    pairs = [(row["entity"], row["feed"]) for row in ledger.rows(query)]
    pairs.sort(key=lambda pair: (list(entities).index(pair[0]), pair[1]))
    landings = {
        entity: ledger.newest_landings(source=TABLES[entity].source, entity=entity)
        for entity in dict.fromkeys(entity for entity, _ in pairs)
    }
    return [
        _feed(ledger, (feed, entity), landings[entity].get(feed), watermarks)
        for entity, feed in pairs
    ]


def quarantined_of(ledger: Ledger, feeds: Sequence[str]) -> list[Row]:
    """Return why rows of the feeds are set aside, most rows first.

    Rows: feed, rule, reason, row_count, last_at, last_id.
    """
    table = QUARANTINE.c
    group = (table.feed, table.rule, table.reason)
    count = func.count().label("row_count")
    return ledger.rows(
        select(*group, count, func.max(table.at).label("last_at"),
               func.max(table.id).label("last_id"))
        .join(LOADS)
        .where(LOADS.c.status != "replaced", is_standing(), table.feed.in_(list(feeds)))
        .group_by(*group)
        .order_by(count.desc(), table.feed, table.rule)
        .limit(_REASONS)
    )  # fmt: skip


def _feed(
    ledger: Ledger, key: tuple[str, str], landing_id: str | None, watermarks: Mapping[str, str]
) -> FeedOf:
    feed, entity = key
    loads = [
        row
        for row in ledger.loads(feed=feed, limit=RECENT_LOADS)
        if row["entity"] == entity and row["status"] in ("landed", "rejected")
    ]
    results = [] if landing_id is None else ledger.suite_results(landing_id)
    watermark = watermarks.get(f"{feed}/{entity}")
    sums = {
        name: sum(row[name] for row in loads)
        for name in ("received", "accepted", "quarantined", "duplicates")
    }
    return FeedOf(
        feed=feed,
        entity=entity,
        loads=len(loads),
        **sums,
        last_load_id=loads[0]["load_id"] if loads else 0,
        last_path=loads[0]["path"] if loads else "",
        landed_at=max((row["landed_at"] for row in loads if row["landed_at"]), default=None),
        watermark_at=None if watermark is None else datetime.fromisoformat(watermark),
        checks=len(results),
        failed_checks=tuple(row for row in results if not row["success"]),
    )
