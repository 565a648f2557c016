"""What one claim becomes: one message, the rows that it carries, where it goes, its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from anfl_assets.deliver.message import Message, from_json
from anfl_assets.flow.alerting.sending.age import with_age
from anfl_assets.flow.alerting.sending.digest import collected
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Notice, Target

_PICTURED = ("first", "escalation")


@dataclass(frozen=True)
class Parcel:
    """One message as it leaves, and the rows of the outbox that it is sent for, oldest first."""

    rows: Sequence[Outgoing]
    message: Message

    @property
    def first(self) -> Outgoing:
        """The row that speaks for all: they share their target and their fate."""
        return self.rows[0]

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers of the rows."""
        return tuple(row.notice_id for row in self.rows)

    @property
    def target(self) -> Target:
        """Whom it goes to."""
        return self.first.target

    @property
    def severity(self) -> str:
        """How urgent it is."""
        return self.message.severity

    @property
    def attempts(self) -> int:
        """How often it was taken, this time included."""
        return max(row.attempts for row in self.rows)

    @property
    def due_at(self) -> datetime:
        """When it was to go out."""
        return self.first.not_before

    @property
    def is_pictured(self) -> bool:
        """Whether a picture helps: where a person hears of it for the first time.

        Only at the first try: whatever a drawing does, the next one goes without.
        """
        return self.message.reason in _PICTURED and self.attempts == 1

    def notice(self, body: str) -> Notice:
        """Return it as one notice, for another channel to take over."""
        row = self.first
        return Notice(row.send_key, row.incident_id, row.reason, row.target, row.not_before, body)


def parcel(rows: Sequence[Outgoing], *, now: datetime) -> Parcel:
    """Return what is sent for the rows of one claim; of a digest, all of them as one mail."""
    ordered = sorted(rows, key=lambda row: row.notice_id)
    messages = [from_json(row.body) for row in ordered]
    if ordered[0].is_digest:
        message = collected(messages, now=max(row.not_before for row in ordered))
    else:
        message = with_age(messages[0], now=now)
    return Parcel(ordered, replace(message, send_key=ordered[0].send_key))
