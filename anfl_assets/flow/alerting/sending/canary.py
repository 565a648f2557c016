"""The daily proof: a message through every channel, so that a dead one is known before it matters.

Its receipt is the proof; that it has none after ten minutes is a breach of the channel's delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from anfl_assets.deliver.channel import Refused
from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.message import Message, to_json
from anfl_assets.flow.alerting.settings import Settings
from anfl_assets.store.alerts.records import Notice, Target
from anfl_assets.store.alerts.store import AlertStore

# After the digest, before the day begins.
CANARY_AT = time(7, 5, tzinfo=UTC)
PATIENCE = timedelta(minutes=10)
_AGAIN_AFTER = timedelta(hours=1)
_BEAT = "delivery"


@dataclass(frozen=True)
class Proof:
    """The last proof of a channel: when it was due, and its receipt or what went wrong."""

    channel: str
    due_at: datetime
    state: str
    sent_at: datetime | None
    receipt: str | None
    error: str | None

    def is_missing(self, now: datetime) -> bool:
        """Whether it should have a receipt by now and has none."""
        return self.sent_at is None and now - self.due_at >= PATIENCE


def enqueue_canary(settings: Settings, store: AlertStore, now: datetime) -> int:
    """Put the proofs that are due into the outbox, each once; return how many.

    Every channel's once a day; and hourly that of a channel that refuses, so that one that was
    mended is known to be.
    """
    due = {**_daily(settings, store, now), **_again(settings, store, now)}
    if due:
        made = [_notice(settings, name, at, now) for name, at in due.items()]
        store.add(made, now=now)
    return len(due)


def _daily(settings: Settings, store: AlertStore, now: datetime) -> dict[str, datetime]:
    """Return the channels without today's proof, where it is time for it."""
    due_at = datetime.combine(now.astimezone(UTC).date(), CANARY_AT)
    if now < due_at:
        return {}
    before = store.newest_by_channel("canary")
    missing = [
        name
        for name in sorted(settings.channels.openings)
        if name not in before or before[name].not_before < due_at
    ]
    # Where alerting began only after today's time, the first proof is tomorrow's.
    has_begun = any(row.not_before < due_at for row in before.values())
    if missing and (has_begun or store.evaluated_at(_BEAT, due_at) is not None):
        return dict.fromkeys(missing, due_at)
    return {}


def _again(settings: Settings, store: AlertStore, now: datetime) -> dict[str, datetime]:
    """Return the channels that refused something an hour ago and took nothing since."""
    return {
        name: now
        for name, trouble in store.troubles(now).items()
        if name in settings.channels.openings
        and trouble.refused_at is not None
        and now - trouble.refused_at >= _AGAIN_AFTER
        and trouble.waits_since is None
    }


def last_canary(store: AlertStore) -> dict[str, Proof]:
    """Return the last proof of each channel that ever had one."""
    return {
        channel: Proof(channel, row.not_before, row.state, row.sent_at, row.reference, row.error)
        for channel, row in sorted(store.newest_by_channel("canary").items())
    }


def _notice(settings: Settings, channel: str, due_at: datetime, now: datetime) -> Notice:
    key = f"canary/{due_at:%Y-%m-%dT%H:%M}/{channel}"
    message = Message(
        "canary",
        "information",
        now,
        key,
        organisation=settings.policy.organisation,
        is_simulated=settings.policy.is_simulated,
        link=settings.policy.link,
    )
    recipient = _recipient(settings.channels, channel, settings.watch.contact)
    return Notice(key, None, "canary", Target(channel, recipient), due_at, to_json(message))


def _recipient(channels: Channels, channel: str, preferred: str) -> str:
    """Return who is told on a channel: the watcher's contact, or the first who is on it."""
    for contact in (preferred, *channels.addresses):
        try:
            channels.address(contact, channel)
        except Refused:
            continue
        return contact
    return preferred
