"""Loads that a person took back, and why: their content does not land again by itself.

An erasure is written with the load that removes the rows (`erased_by`) and goes with it, should
that be taken back. What was restored stays written, with the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from anfl_assets.store.replays import unmark
from anfl_assets.store.schema import METADATA, UtcDateTime

if TYPE_CHECKING:
    from anfl_assets.store.ledger import Ledger, Row

ERASURES = Table(
    "erasures",
    METADATA,
    Column("load_id", Integer, ForeignKey("loads.load_id", ondelete="CASCADE"), primary_key=True),
    Column("erased_by", Integer, ForeignKey("loads.load_id", ondelete="CASCADE"), nullable=False),
    Column("feed", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("definition_sha256", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("restored_at", UtcDateTime),
)


@dataclass(frozen=True)
class Erasure:
    """One load taken back; `content_sha256` is what must not land again."""

    load_id: int
    erased_by: int
    feed: str
    content_sha256: str
    definition_sha256: str
    reason: str
    at: datetime


def record(connection: Connection, erasures: Sequence[Erasure]) -> None:
    """Write erasures down, inside the transaction that stages them."""
    connection.execute(insert(ERASURES), [vars(erasure) for erasure in erasures])


def erased_contents(ledger: Ledger, feed: str) -> set[str]:
    """Return the contents of the feed that must not land again."""
    query = select(ERASURES.c.content_sha256).where(
        ERASURES.c.feed == feed, ERASURES.c.restored_at.is_(None)
    )
    return {row["content_sha256"] for row in ledger.rows(query)}


def erasures(ledger: Ledger) -> dict[int, Row]:
    """Return every erasure by the load it took back; columns of ERASURES."""
    return {row["load_id"]: row for row in ledger.rows(select(ERASURES))}


def restore(ledger: Ledger, load_id: int, *, at: datetime) -> None:
    """Let the content of an erased load land again; rows it had replayed are in quarantine again.

    Whoever was erased with it, as a replay of its rows, is restored with it.
    """
    found = erasures(ledger)
    together = [
        row["load_id"] for row in found.values() if row["erased_by"] == found[load_id]["erased_by"]
    ]
    with ledger.transaction() as connection:
        connection.execute(
            update(ERASURES).where(ERASURES.c.load_id.in_(together)).values(restored_at=at)
        )
        unmark(connection, load_id)
