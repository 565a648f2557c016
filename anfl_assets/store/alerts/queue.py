"""The outbox as a whole: what waits where, what no longer needs to go out, and who is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from anfl_assets.store.alerts.database import Database, count_change
from anfl_assets.store.alerts.outbox import COLUMNS, Outgoing, read_outgoing
from anfl_assets.store.alerts.records import Reason, Target
from anfl_assets.store.alerts.tables import ATTEMPTS, CHANNELS, OUTBOX

_LIVE = ("waiting", "claimed")


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that waits, without its text, and how often it was tried."""

    notice_id: int
    incident_id: int | None
    target: Target
    reason: Reason
    attempts: int


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """What stands against a channel.

    `waits_since` is when its oldest message was due that is not sent yet, `refused` how many it
    refused since it last took one, `refused_why` what it said to the last of them.
    """

    channel: str
    waits_since: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None
    refused_why: str = ""


class Queue(Database):
    """What senders ask of everything that waits."""

    def queued(self, channel: str) -> list[Queued]:
        """Return what waits on a channel and no sender holds; collected messages aside."""
        table = OUTBOX.c
        query = select(
            table.notice_id, table.incident_id, table.recipient, table.reason, table.attempts
        ).where(table.channel == channel, table.state == "waiting", ~table.is_digest)
        return [
            Queued(target=Target(channel, row.pop("recipient")), **row)
            for row in self.rows(query.order_by(table.notice_id))
        ]

    def take_back(self, whys: Mapping[int, str]) -> int:
        """Withdraw messages that wait, each with why; return how many. What is held stays."""
        if not whys:
            return 0
        withdrawn = 0
        with self.writing() as connection:
            for notice_id, why in whys.items():
                waiting = and_(OUTBOX.c.notice_id == notice_id, OUTBOX.c.state == "waiting")
                marks = update(OUTBOX).where(waiting).values(state="withdrawn", error=why)
                withdrawn += connection.execute(marks).rowcount
            count_change(connection)
        return withdrawn

    def held_up(self, *, tries: int, before: datetime, now: datetime, limit: int) -> list[Outgoing]:
        """Return critical messages that their channel keeps waiting: many tries, or for long.

        Long: due before a moment, and failed or not tried because the channel is paused. None that
        another stands in for already.
        """
        copy = OUTBOX.alias("copy").c
        copied = select(copy.fallback_of).where(copy.fallback_of.is_not(None))
        paused = select(CHANNELS.c.channel).where(CHANNELS.c.paused_until > now)
        is_kept_waiting = or_(OUTBOX.c.attempts > 0, OUTBOX.c.channel.in_(paused))
        query = select(*COLUMNS).where(
            OUTBOX.c.state == "waiting",
            OUTBOX.c.severity == "critical",
            ~OUTBOX.c.is_digest,
            or_(OUTBOX.c.attempts >= tries, and_(OUTBOX.c.not_before <= before, is_kept_waiting)),
            OUTBOX.c.notice_id.not_in(copied),
        )
        oldest = query.order_by(OUTBOX.c.notice_id).limit(limit)
        return [read_outgoing(row) for row in self.rows(oldest)]

    def newest_by_channel(self, reason: Reason) -> dict[str, Outgoing]:
        """Return the newest message of a kind on each channel; copies for another channel aside."""
        newest = (
            select(func.max(OUTBOX.c.notice_id))
            .where(OUTBOX.c.reason == reason, OUTBOX.c.fallback_of.is_(None))
            .group_by(OUTBOX.c.channel)
        )
        query = select(*COLUMNS).where(OUTBOX.c.notice_id.in_(newest))
        found = [read_outgoing(row) for row in self.rows(query)]
        return {each.target.channel: each for each in found}

    def troubles(self, now: datetime) -> dict[str, ChannelTrouble]:
        """Return what stands against each channel at a moment; channels without trouble are not in.

        A message counts as waiting from the moment it was due.
        """
        table = OUTBOX.c
        due: ColumnElement[bool] = and_(table.state.in_(_LIVE), table.not_before <= now)
        waits = select(table.channel, func.min(table.not_before).label("at")).where(due)
        waiting = {row["channel"]: row["at"] for row in self.rows(waits.group_by(table.channel))}
        refusals = self._refusals()
        return {
            channel: replace(
                refusals.get(channel, ChannelTrouble(channel)), waits_since=waiting.get(channel)
            )
            for channel in sorted({*waiting, *refusals})
        }

    def _refusals(self) -> dict[str, ChannelTrouble]:
        """Return what each channel refused since it last took a message."""
        table = OUTBOX.c
        query = (
            select(table.channel, ATTEMPTS.c.at, ATTEMPTS.c.error)
            .join(OUTBOX, table.notice_id == ATTEMPTS.c.notice_id)
            .join(CHANNELS, CHANNELS.c.channel == table.channel, isouter=True)
            .where(
                ATTEMPTS.c.outcome == "refused",
                or_(CHANNELS.c.last_ok_at.is_(None), ATTEMPTS.c.at > CHANNELS.c.last_ok_at),
            )
            .order_by(ATTEMPTS.c.attempt_id)
        )
        found: dict[str, ChannelTrouble] = {}
        for row in self.rows(query):
            before = found.get(row["channel"], ChannelTrouble(row["channel"]))
            found[row["channel"]] = replace(
                before,
                refused=before.refused + 1,
                refused_at=row["at"],
                refused_why=row["error"] or "",
            )
        return found
