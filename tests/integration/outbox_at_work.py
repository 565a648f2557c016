"""An outbox, the sandbox behind every channel, and deliveries until something has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.message import Line, Message, to_json
from anfl_assets.deliver.sandboxed import sandbox_channels
from anfl_assets.flow.alerting.sending.delivery import Delivery, open_delivery
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Notice, Reason, Target
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace
from tests.integration.providers import Providers

PATIENCE_S = 60.0


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Post:
    """One data folder's outbox, and the channels it goes to."""

    folder: Path
    channels: Channels
    store: AlertStore
    notices: list[str] = field(default_factory=list)

    def put(
        self,
        channel: str,
        *,
        severity: str = "warning",
        reason: Reason = "first",
        incident_id: int = 1,
        recipient: str = "on_call",
    ) -> str:
        """Put one message into the outbox; return its key."""
        key = f"incident-{incident_id}/{len(self.notices) + 1}"
        self.notices.append(key)
        at = now()
        body = to_json(message(reason, severity, at, incident_id))
        notice = Notice(key, incident_id, reason, Target(channel, recipient), at, body)
        self.store.add([notice], now=at)
        return key

    def deliver_until(self, done: Callable[[], bool], *, ticks_s: float = 1.0) -> None:
        """Run one delivery after another, as ticks of a sensor do, until something is so."""
        ends = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < ends, [
                (row.send_key, row.state, row.attempts, row.error) for row in self.rows()
            ]
            self.delivery().stay(ticks_s)

    def delivery(self) -> Delivery:
        """Return a new delivery, as each tick has its own."""
        return open_delivery(self.channels, self.store, clock=now, by="test")

    def rows(self) -> Sequence[Outgoing]:
        """Return every message of the outbox."""
        found = (self.store.notice(number) for number in range(1, len(self.notices) + 50))
        return [row for row in found if row is not None]

    def states(self) -> dict[str, str]:
        """Return the state of every message by its key."""
        return {row.send_key: row.state for row in self.rows()}

    def is_settled(self) -> bool:
        """Whether nothing waits and nothing is being sent."""
        return not self.store.waiting()


def open_post(folder: Path, providers: Providers) -> Post:
    """Return a new outbox whose channels are the sandbox's."""
    variables = {"ANFL_SANDBOX_URL": providers.url, "ANFL_SANDBOX_SMTP": providers.smtp}
    return Post(folder, sandbox_channels(variables, now), open_alerts(Workspace(folder)))


def message(reason: str, severity: str, at: datetime, incident_id: int) -> Message:
    """Return a message about one breach."""
    line = Line(
        "inference_latency", "Inference latency", "chat", "5 minutes", "breached",
        123.0, "ms", 50.0, "<", 100.0, at, at,
    )  # fmt: skip
    return Message(
        reason,
        severity,
        at,
        f"incident-{incident_id}",
        lines=(line,),
        incident_id=incident_id,
        opened_at=at,
        line_count=1,
        firing_count=1,
    )
