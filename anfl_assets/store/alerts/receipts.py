"""What became of each attempt to send, and how each channel fares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from anfl_assets.config.secret import redacted
from anfl_assets.store.alerts.database import Database
from anfl_assets.store.alerts.rows import Row
from anfl_assets.store.alerts.tables import ATTEMPTS, CHANNELS, OUTBOX
from anfl_assets.store.alerts.upsert import upsert

AttemptOutcome = Literal["sent", "failed", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a message. Unknown: its sender ended before it could say."""

    notice_id: int
    number: int
    at: datetime
    outcome: AttemptOutcome
    error: str | None
    reference: str | None
    detail: str | None
    http_status: int | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fares; `consecutive_failures` since it last took a message."""

    channel: str
    paused_until: datetime | None
    paused_why: str | None
    last_ok_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    consecutive_failures: int


class Receipts(Database):
    """Marking what was claimed; several notices where one message carried them (a digest)."""

    def sent(
        self,
        *notice_ids: int,
        reference: str,
        at: datetime,
        detail: str = "",
        thread: Mapping[str, str] | None = None,
    ) -> None:
        """Mark as taken by the provider, with its receipt."""
        marks = {
            "state": "sent",
            "sent_at": at,
            "reference": reference,
            "thread": json.dumps(dict(thread)) if thread else None,
            "error": None,
        }
        attempt = {"at": at, "outcome": "sent", "reference": reference, "detail": detail}
        fares = {"last_ok_at": at, "consecutive_failures": 0}
        with self.writing() as connection:
            rows = _finish(connection, notice_ids, marks, attempt)
            upsert(connection, CHANNELS, [{"channel": name} | fares for name in _channels(rows)])

    def failed(
        self,
        *notice_ids: int,
        error: str,
        next_at: datetime,
        at: datetime,
        http_status: int | None = None,
    ) -> None:
        """Give back what did not go through, to be taken again from `next_at` on."""
        said = redacted(error)
        marks = {"state": "waiting", "next_at": next_at, "claimed_until": None, "error": said}
        attempt = {"at": at, "outcome": "failed", "error": said, "http_status": http_status}
        self._gone_wrong(notice_ids, marks, attempt)

    def refused(
        self, *notice_ids: int, error: str, at: datetime, http_status: int | None = None
    ) -> None:
        """Mark as never to be taken by the provider: a person must look."""
        said = redacted(error)
        marks = {"state": "refused", "claimed_until": None, "error": said}
        attempt = {"at": at, "outcome": "refused", "error": said, "http_status": http_status}
        self._gone_wrong(notice_ids, marks, attempt)

    def pause(self, channel: str, until: datetime, why: str) -> None:
        """Give out nothing of a channel until a moment; a past one ends the pause."""
        row = {"channel": channel, "paused_until": until, "paused_why": redacted(why)}
        with self.writing() as connection:
            upsert(connection, CHANNELS, [row | _known_failures(connection, channel)])

    def channel_states(self) -> dict[str, ChannelState]:
        """Return how each channel that was ever used fares."""
        found = self.rows(select(CHANNELS).order_by(CHANNELS.c.channel))
        return {row["channel"]: ChannelState(**row) for row in found}

    def attempts(self, notice_id: int) -> list[Attempt]:
        """Return the attempts to send a message, first ones first."""
        table = ATTEMPTS
        columns = [column for column in table.c if column.name != "attempt_id"]
        query = select(*columns).where(table.c.notice_id == notice_id)
        return [Attempt(**row) for row in self.rows(query.order_by(table.c.attempt_id))]

    def _gone_wrong(self, notice_ids: Sequence[int], marks: Row, attempt: Row) -> None:
        fares = {"last_error_at": attempt["at"], "last_error": attempt["error"]}
        with self.writing() as connection:
            for channel in _channels(_finish(connection, notice_ids, marks, attempt)):
                known = _known_failures(connection, channel)
                failures = {"consecutive_failures": known["consecutive_failures"] + 1}
                upsert(connection, CHANNELS, [{"channel": channel} | fares | failures])


def _finish(
    connection: Connection, notice_ids: Sequence[int], marks: Row, attempt: Row
) -> list[Row]:
    """Mark the rows that are not finished yet and write the attempt of each; return them."""
    # Not one that another sender finished after our lease: what it said stays.
    is_ours: ColumnElement[bool] = OUTBOX.c.notice_id.in_(notice_ids)
    if marks["state"] != "sent":
        is_ours &= OUTBOX.c.state == "claimed"
    query = select(OUTBOX.c.notice_id, OUTBOX.c.channel, OUTBOX.c.attempts).where(is_ours)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    if rows:
        ids = [row["notice_id"] for row in rows]
        connection.execute(update(OUTBOX).where(OUTBOX.c.notice_id.in_(ids)).values(marks))
        told = [
            {"notice_id": row["notice_id"], "number": row["attempts"], **attempt} for row in rows
        ]
        connection.execute(insert(ATTEMPTS), told)
    return rows


def _channels(rows: Sequence[Row]) -> list[str]:
    return sorted({row["channel"] for row in rows})


def _known_failures(connection: Connection, channel: str) -> dict[str, Any]:
    query = select(CHANNELS.c.consecutive_failures).where(CHANNELS.c.channel == channel)
    return {"consecutive_failures": connection.execute(query).scalar() or 0}
