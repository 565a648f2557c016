"""Quarantined rows that came through after all: which load brought each of them.

A mark is written with the load that brings the row and goes with it, should that be taken back.
A marked row is out of every list; it stays in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from anfl_assets.store.schema import LOADS, METADATA, QUARANTINE, UtcDateTime

if TYPE_CHECKING:
    from anfl_assets.store.ledger import Ledger

_CHUNK_ROWS = 50_000

REPLAYS = Table(
    "replays",
    METADATA,
    Column(
        "quarantine_id", Integer, ForeignKey("quarantine.id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "load_id",
        Integer,
        ForeignKey("loads.load_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("at", UtcDateTime, nullable=False),
)


def is_standing() -> ColumnElement[bool]:
    """Return the condition that a row of QUARANTINE was not replayed."""
    return ~exists().where(REPLAYS.c.quarantine_id == QUARANTINE.c.id)


def mark(connection: Connection, marks: Mapping[int, Sequence[int]], *, at: datetime) -> None:
    """Write that each load of `marks` brings these quarantined rows."""
    for load_id, ids in marks.items():
        rows = [{"quarantine_id": row, "load_id": load_id, "at": at} for row in ids]
        connection.execute(insert(REPLAYS), rows)


def unmark(connection: Connection, load_id: int) -> None:
    """Put the rows that a load had brought back into quarantine."""
    connection.execute(delete(REPLAYS).where(REPLAYS.c.load_id == load_id))


def origins(ledger: Ledger, feed: str) -> dict[int, int]:
    """Return for each landed replay of the feed the load whose quarantine its rows come from."""
    query = (
        select(REPLAYS.c.load_id, QUARANTINE.c.load_id.label("origin"))
        .join(QUARANTINE, QUARANTINE.c.id == REPLAYS.c.quarantine_id)
        .join(LOADS, LOADS.c.load_id == REPLAYS.c.load_id)
        .where(LOADS.c.feed == feed, LOADS.c.status == "landed")
        .distinct()
    )
    return {row["load_id"]: row["origin"] for row in ledger.rows(query)}


def replays_of(ledger: Ledger, feed: str) -> dict[int, tuple[int, ...]]:
    """Return the landed replays of each load: they leave when it leaves."""
    found: dict[int, tuple[int, ...]] = {}
    for replay, origin in sorted(origins(ledger, feed).items()):
        found[origin] = (*found.get(origin, ()), replay)
    return found


def standing(
    ledger: Ledger,
    feed: str,
    *,
    load_id: int | None = None,
    rules: frozenset[str] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the feed's rows in quarantine, oldest first, in chunks; columns of QUARANTINE.

    Each has beside them its load's `status` and `definition_sha256`. `rules` are told apart whole:
    a row with several reasons has its rules joined by "; ", and one of them is enough.
    """
    columns = QUARANTINE.c
    query = (
        select(QUARANTINE, LOADS.c.status, LOADS.c.definition_sha256)
        .join(LOADS)
        .where(columns.feed == feed, LOADS.c.status.in_(("landed", "rejected")), is_standing())
        .order_by(columns.id)
        .limit(_CHUNK_ROWS)
    )
    if load_id is not None:
        query = query.where(columns.load_id == load_id)
    if rules is not None:
        query = query.where(or_(*(columns.rule.contains(rule, autoescape=True) for rule in rules)))
    last = 0
    while rows := ledger.rows(query.where(columns.id > last)):
        last = rows[-1]["id"]
        yield [
            row for row in rows if rules is None or not rules.isdisjoint(row["rule"].split("; "))
        ]


def amend(ledger: Ledger, reasons: Sequence[Mapping[str, Any]]) -> None:
    """Give rows in quarantine (`id`) the `rule` and `reason` they are refused for now."""
    if not reasons:
        return
    change = (
        update(QUARANTINE)
        .where(QUARANTINE.c.id == bindparam("row_id"))
        .values(rule=bindparam("now_rule"), reason=bindparam("now_reason"))
    )
    with ledger.transaction() as connection:
        connection.execute(
            change,
            [
                {"row_id": row["id"], "now_rule": row["rule"], "now_reason": row["reason"]}
                for row in reasons
            ],
        )
