"""The tail of the lake: spooled rows that have not landed, read once each.

A segment may land while it is being looked at: its rows are then in the lake as well, under a load
that the ledger names before the lake has them. Those loads are left out of the lake, so nothing is
counted twice and nothing is missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import select

from anfl_assets.collect.feed import Feed
from anfl_assets.flow.spooled import good_rows
from anfl_assets.frames import TABLES
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.live_loads import segment_path
from anfl_assets.store.schema import LIVE_LOADS, LOADS
from anfl_assets.store.spool import Segment, read_segment, segment_paths
from anfl_assets.store.workspace import Workspace

_Key = tuple[str, int]


@dataclass(frozen=True)
class Told:
    """Up to when a feed has told everything, and when it was asked that said so."""

    complete_to: datetime
    polled_at: datetime


@dataclass(frozen=True)
class Tail:
    """Whole segments by feed, oldest first; `read` remembers what was read, by name and size."""

    segments: dict[str, list[Segment]] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    read: dict[_Key, Segment | None] = field(default_factory=dict)

    def rows_by_entity(self) -> dict[str, dict[str, pl.DataFrame]]:
        """Return the rows that may land: `feed`, `row_key` and the canonical columns.

        By segment and size; a feed's segments oldest first, what is said later is true.
        """
        parts: dict[str, dict[str, pl.DataFrame]] = {}
        for feed, segments in self.segments.items():
            entity = self.entities[feed]
            for segment in segments:
                rows = good_rows(segment.rows, entity)
                named = rows.select(pl.lit(feed).alias("feed"), "row_key", *TABLES[entity].schema)
                name = f"{feed}/{segment.name}/{segment.rows.height}"
                parts.setdefault(entity, {})[name] = named
        return parts

    def told(self, feed: Feed, ledger: Ledger) -> Told | None:
        """Return how far the feed has told everything, None where it never did.

        Of what has not landed the spool as it was read says so: a segment that landed meanwhile may
        have grown before it did.
        """
        notes = [segment.note for segment in self.segments.get(feed.name, ())]
        known = [Told(note.complete_to, note.polled_at) for note in notes if note.complete_to]
        if known:
            return max(known, key=lambda told: told.complete_to)
        # What is staged may not be in the lake yet; what was refused whole has told nothing.
        landed = (
            select(LIVE_LOADS.c.complete_to, LIVE_LOADS.c.polled_at)
            .join(LOADS, LOADS.c.load_id == LIVE_LOADS.c.load_id)
            .where(
                LOADS.c.feed == feed.name,
                LOADS.c.entity == feed.entity,
                LOADS.c.status == "landed",
                LIVE_LOADS.c.complete_to.is_not(None),
            )
            .order_by(LIVE_LOADS.c.complete_to.desc())
            .limit(1)
        )
        found = ledger.rows(landed)
        return Told(**found[0]) if found else None

    def loads(self, ledger: Ledger) -> tuple[int, ...]:
        """Return the loads under which these segments are in the lake, or about to be."""
        names = [
            segment_path(each.name) for segments in self.segments.values() for each in segments
        ]
        if not names:
            return ()
        rows = ledger.rows(select(LOADS.c.load_id).where(LOADS.c.path.in_(names)))
        return tuple(row["load_id"] for row in rows)


def read_tail(workspace: Workspace, feeds: Iterable[Feed], before: Tail) -> Tail:
    """Read the spool of `feeds`; what `before` has read already is taken from it."""
    tail = Tail()
    for feed in feeds:
        tail.entities[feed.name] = feed.entity
        found = (_segment(path, before, tail) for path in segment_paths(workspace, feed.name))
        tail.segments[feed.name] = [segment for segment in found if segment is not None]
    return tail


def _segment(path: Path, before: Tail, now: Tail) -> Segment | None:
    try:
        key = (path.name, path.stat().st_size)
    except FileNotFoundError:
        return None
    if key not in before.read:
        now.read[key] = read_segment(path)
    else:
        now.read[key] = before.read[key]
    return now.read[key]
