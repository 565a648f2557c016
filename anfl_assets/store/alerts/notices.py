"""Putting messages into the outbox, and taking back those that must not go out any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from anfl_assets.store.alerts.records import Notice, Withdrawal
from anfl_assets.store.alerts.rows import notice_row
from anfl_assets.store.alerts.tables import OUTBOX
from anfl_assets.store.alerts.upsert import insert_new


def add_notices(
    connection: Connection,
    notices: Sequence[Notice],
    *,
    now: datetime,
    fallback_of: int | None = None,
) -> None:
    """Put messages into the outbox; one whose key is there already is left out."""
    rows = [notice_row(notice, made_at=now, fallback_of=fallback_of) for notice in notices]
    insert_new(connection, OUTBOX, rows, unique="send_key")


def withdraw(connection: Connection, withdrawals: Iterable[Withdrawal]) -> None:
    """Take back what waits; what a sender has claimed may be on its way and stays.

    So does what waits for a digest: it tells of what is over as well.
    """
    table = OUTBOX.c
    for withdrawal in withdrawals:
        waiting = update(OUTBOX).where(
            table.incident_id == withdrawal.incident_id,
            table.state == "waiting",
            ~table.is_digest,
            table.reason.in_(withdrawal.reasons),
        )
        connection.execute(waiting.values(state="withdrawn", error=withdrawal.why))
