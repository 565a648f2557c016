"""How each live feed is doing, as its collector last said: one row a feed, overwritten in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Float, Integer, String, Table, Text, delete, select
from sqlalchemy.dialects.sqlite import insert

from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import METADATA, UtcDateTime

FEED_STATES = Table(
    "feed_states",
    METADATA,
    Column("feed", String, primary_key=True),
    Column("entity", String, nullable=False),
    Column("address", Text, nullable=False),
    Column("every_s", Float, nullable=False),
    Column("state", String, nullable=False),
    Column("polled_at", UtcDateTime),
    Column("ok_at", UtcDateTime),
    Column("down_at", UtcDateTime),
    Column("complete_to", UtcDateTime),
    Column("rows_per_min", Float, nullable=False),
    Column("rows_total", Integer, nullable=False),
    Column("refused_total", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("next_at", UtcDateTime),
    Column("spooled_rows", Integer, nullable=False),
)


@dataclass(frozen=True)
class FeedState:
    """One feed: `state` is waiting, ok, idle, down or faulty; totals count since the start.

    `failures` are those in a row, since `down_at`; `spooled_rows` wait for their commit.
    """

    feed: str
    entity: str
    address: str
    every_s: float
    state: str = "waiting"
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    down_at: datetime | None = None
    complete_to: datetime | None = None
    rows_per_min: float = 0.0
    rows_total: int = 0
    refused_total: int = 0
    failures: int = 0
    message: str = ""
    next_at: datetime | None = None
    spooled_rows: int = 0


def keep_states(ledger: Ledger, states: Iterable[FeedState]) -> None:
    """Write these feeds' states in one transaction; those of other feeds stay.

    Raises:
        WorkspaceError: the ledger cannot be written.
    """
    rows = [asdict(state) for state in states]
    if not rows:
        return
    query = insert(FEED_STATES)
    kept = {name: query.excluded[name] for name in rows[0] if name != "feed"}
    with ledger.transaction() as connection:
        connection.execute(query.on_conflict_do_update(index_elements=["feed"], set_=kept), rows)


def forget_states(ledger: Ledger) -> None:
    """Remove every feed's state: a collector that begins knows of none."""
    with ledger.transaction() as connection:
        connection.execute(delete(FEED_STATES))


def feed_states(ledger: Ledger) -> dict[str, FeedState]:
    """Return the states by feed name."""
    return {row["feed"]: FeedState(**row) for row in ledger.rows(select(FEED_STATES))}
