"""The outbox, for senders: what is due, and taking it so that nobody else sends it.

A row is claimed for a while (its lease) and then sent; only after that is it marked. Whoever ends
in between leaves it claimed: when the lease is over it is taken again, and counts as perhaps sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from anfl_assets.store.alerts.database import Database, count_change
from anfl_assets.store.alerts.notices import add_notices
from anfl_assets.store.alerts.records import Notice, Reason, Target
from anfl_assets.store.alerts.rows import Row
from anfl_assets.store.alerts.tables import ATTEMPTS, CHANNELS, OUTBOX

OutgoingState = Literal["waiting", "claimed", "sent", "refused", "withdrawn"]
_LIVE = ("waiting", "claimed")
# Clocks of two machines differ by less.
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox, and how far it has come.

    `next_at` is when it may be taken (again). `attempts` counts the times it was taken, the present
    one too. `error` is why the last attempt failed, or why it was withdrawn. `fallback_of` is the
    notice that this one stands in for on another channel.
    """

    notice_id: int
    send_key: str
    incident_id: int | None
    reason: Reason
    target: Target
    body: str
    is_digest: bool
    not_before: datetime
    next_at: datetime
    attempts: int
    state: OutgoingState
    claimed_until: datetime | None
    made_at: datetime
    sent_at: datetime | None
    reference: str | None
    error: str | None
    fallback_of: int | None
    severity: str = ""


COLUMNS = tuple(
    column for column in OUTBOX.c if column.name not in ("claimed_by", "is_uncertain", "thread")
)


def read_outgoing(row: Row) -> Outgoing:
    """Read a row of `OUTBOX`, its `COLUMNS`."""
    values = dict(row)
    target = Target(values.pop("channel"), values.pop("recipient"))
    return Outgoing(target=target, **values)


class Outbox(Database):
    """What waits to be sent."""

    def add(
        self, notices: Sequence[Notice], *, now: datetime, fallback_of: int | None = None
    ) -> None:
        """Put messages into the outbox; one whose `send_key` is there already is left out."""
        with self.writing() as connection:
            add_notices(connection, notices, now=now, fallback_of=fallback_of)
            count_change(connection)

    def claim(
        self, now: datetime, *, channel: str, by: str, lease: timedelta, limit: int = 20
    ) -> list[Outgoing]:
        """Take what is due on a channel, the most urgent first, then the oldest, for the lease.

        Of the messages of an incident to one target only the first is given: the next comes when
        that one is sent or given up. Nothing is given while the channel is paused.
        """
        which = and_(_is_due(now), ~OUTBOX.c.is_digest, OUTBOX.c.channel == channel)
        return self._claim(now, which, by=by, until=now + lease, limit=limit)

    def claim_digest(
        self, now: datetime, *, target: Target, by: str, lease: timedelta, limit: int = 1000
    ) -> list[Outgoing]:
        """Take all that is due for one target's digest; to be sent as one message."""
        which = and_(
            _is_due(now),
            OUTBOX.c.is_digest,
            OUTBOX.c.channel == target.channel,
            OUTBOX.c.recipient == target.recipient,
        )
        return self._claim(now, which, by=by, until=now + lease, limit=limit)

    def due_channels(self, now: datetime) -> set[str]:
        """Return the channels on which something can be claimed now; digests aside."""
        query = select(OUTBOX.c.channel).where(_is_due(now), ~OUTBOX.c.is_digest).distinct()
        return {row["channel"] for row in self.rows(query)}

    def due_digests(self, now: datetime) -> list[Target]:
        """Return the targets whose digest can be claimed now."""
        target = (OUTBOX.c.channel, OUTBOX.c.recipient)
        query = select(*target).where(_is_due(now), OUTBOX.c.is_digest).distinct()
        return [Target(**row) for row in self.rows(query.order_by(*target))]

    def next_due_at(self, now: datetime) -> datetime | None:
        """Return when something can be claimed next, `now` where it can already; None for never.

        Pauses and leases are reckoned with; what is added later is seen by `version`.
        """
        channel = OUTBOX.c.channel
        query = (
            select(func.min(OUTBOX.c.next_at).label("at"), CHANNELS.c.paused_until)
            .join(CHANNELS, CHANNELS.c.channel == channel, isouter=True)
            .where(_is_head())
            .group_by(channel, CHANNELS.c.paused_until)
        )
        moments = [max(row["at"], row["paused_until"] or now, now) for row in self.rows(query)]
        return min(moments, default=None)

    def waiting_since(self, now: datetime) -> datetime | None:
        """Return since when the oldest message could have been claimed; None where none can be."""
        query = select(func.min(OUTBOX.c.next_at).label("at")).where(_is_due(now))
        return cast("datetime | None", self.rows(query)[0]["at"])

    def thread(self, incident_id: int | None, target: Target) -> dict[str, str]:
        """Return what the receipts of an incident's messages to a target said, later ones last."""
        if incident_id is None:
            return {}
        table = OUTBOX.c
        query = (
            select(table.thread)
            .where(
                table.incident_id == incident_id,
                table.channel == target.channel,
                table.recipient == target.recipient,
                table.thread.is_not(None),
            )
            .order_by(table.sent_at, table.notice_id)
        )
        merged: dict[str, str] = {}
        for row in self.rows(query):
            merged |= json.loads(row["thread"])
        return merged

    def _claim(
        self,
        now: datetime,
        which: ColumnElement[bool],
        *,
        by: str,
        until: datetime,
        limit: int,
    ) -> list[Outgoing]:
        # Looked for without the writer's place first: mostly there is nothing.
        if not self.rows(select(OUTBOX.c.notice_id).where(which).limit(1)):
            return []
        with self.writing() as connection:
            query = (
                select(*COLUMNS).where(which).order_by(_URGENCY, OUTBOX.c.notice_id).limit(limit)
            )
            found = [dict(row) for row in connection.execute(query).mappings()]
            _record_lost(connection, [row for row in found if row["state"] == "claimed"], now)
            ids = [row["notice_id"] for row in found]
            held = update(OUTBOX).where(OUTBOX.c.notice_id.in_(ids))
            connection.execute(
                held.values(
                    state="claimed",
                    is_uncertain=or_(OUTBOX.c.is_uncertain, OUTBOX.c.state == "claimed"),
                    attempts=OUTBOX.c.attempts + 1,
                    claimed_by=by,
                    claimed_until=until,
                    next_at=until,
                )
            )
        taken = {"state": "claimed", "claimed_until": until, "next_at": until}
        return [read_outgoing(row | taken | {"attempts": row["attempts"] + 1}) for row in found]


# In a storm what is critical does not wait behind what is not.
_URGENCY = case((OUTBOX.c.severity == "critical", 0), (OUTBOX.c.severity == "warning", 1), else_=2)


def _record_lost(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Write down the attempts whose sender never said how they ended."""
    if rows:
        lost = [
            {
                "notice_id": row["notice_id"],
                "number": row["attempts"],
                "at": now,
                "outcome": "unknown",
                "error": "its sender ended before it said whether this went out",
            }
            for row in rows
        ]
        connection.execute(insert(ATTEMPTS), lost)


def _is_head() -> ColumnElement[bool]:
    """Whether a row is to be sent and no earlier one of its incident and target is."""
    earlier = OUTBOX.alias("earlier")
    before = select(true()).where(
        earlier.c.incident_id == OUTBOX.c.incident_id,
        earlier.c.channel == OUTBOX.c.channel,
        earlier.c.recipient == OUTBOX.c.recipient,
        earlier.c.is_digest == OUTBOX.c.is_digest,
        earlier.c.notice_id < OUTBOX.c.notice_id,
        earlier.c.state.in_(_LIVE),
    )
    # Collected messages go out together: none waits for another.
    return and_(OUTBOX.c.state.in_(_LIVE), or_(OUTBOX.c.is_digest, ~before.exists()))


def _is_due(now: datetime) -> ColumnElement[bool]:
    paused = select(CHANNELS.c.channel).where(CHANNELS.c.paused_until > now)
    # By a clock that was ahead: nobody knows when it was meant to go out.
    is_of_the_future = and_(
        OUTBOX.c.made_at > now + _AHEAD, OUTBOX.c.attempts == 0, ~OUTBOX.c.is_digest
    )
    is_time = or_(OUTBOX.c.next_at <= now, is_of_the_future)
    return and_(_is_head(), is_time, OUTBOX.c.channel.not_in(paused))
