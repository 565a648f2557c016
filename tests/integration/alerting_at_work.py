"""One data folder's alerting under a clock of its own: evaluator, outbox, sender and sandbox.

Between two calls nothing lives but what is on disk, as after a restart.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anfl_assets.alert.by_hand import acknowledge
from anfl_assets.deliver.sandboxed import SMTP_VARIABLE, URL_VARIABLE, sandbox_channels
from anfl_assets.flow.alerting.evaluate import METRICS, Evaluation, open_evaluator
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.flow.alerting.sending.tally import SendReport
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Incident, Reading
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace
from tests.integration.providers import Providers

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
_FIVE_MINUTES = timedelta(minutes=5)
PROVIDER_OF = {"PagerDuty": "pagerduty", "SMS": "twilio", "Email": "smtp", "Slack": "slack"}
# So long nothing more may come.
_SETTLED_S = 0.2
_ALL = 100_000
Told = tuple[datetime, str, str, str]


def sandbox_variables(providers: Providers) -> dict[str, str]:
    """Return the environment in which the sandbox stands in for every channel."""
    return {URL_VARIABLE: providers.url, SMTP_VARIABLE: providers.smtp}


def after(minutes: float) -> datetime:
    """Return a moment so many minutes after `START`."""
    return START + timedelta(minutes=minutes)


def latency(status: str, at: datetime, subject: str = "chat") -> Reading:
    """Return a judgement of inference_latency (50 and 100 ms) that has stood for three windows."""
    values = {"breached": 150.0, "off_target": 70.0, "on_target": 30.0}
    return Reading(
        metric_id="inference_latency",
        subject=subject,
        grain="5 minutes",
        status=status,
        value=values.get(status),
        unit="ms",
        target=50.0,
        target_operator="<",
        threshold=100.0,
        sample_count=300,
        since=at - 3 * _FIVE_MINUTES,
        window_start_at=at - _FIVE_MINUTES,
        window_end_at=at,
        judged_at=at,
    )


@dataclass
class Alerting:
    """Alerting of one data folder, its channels at the sandbox."""

    folder: Path
    providers: Providers

    @property
    def workspace(self) -> Workspace:
        """Its data folder."""
        return Workspace(self.folder)

    @property
    def variables(self) -> dict[str, str]:
        """Its environment."""
        return sandbox_variables(self.providers)

    def store(self) -> AlertStore:
        """Open its state."""
        return open_alerts(self.workspace)

    def judge(self, at: datetime, *readings: Reading) -> Evaluation:
        """Start an evaluator that judges once."""
        with open_evaluator(self.workspace, self.variables) as evaluator:
            found = evaluator.observe(METRICS, readings, at)
        assert found.is_done, found.problems
        return found

    def send(self, at: datetime) -> SendReport:
        """Start a sender that sends what is due."""
        channels = sandbox_channels(self.variables, lambda: at)
        with self.store() as store:
            return open_delivery(channels, store, clock=lambda: at, by="test").once()

    def run(self, at: datetime, *readings: Reading) -> list[Told]:
        """Judge, then send; return what was sent by that."""
        before = set(self.told())
        self.judge(at, *readings)
        self.send(at)
        return [each for each in self.told() if each not in before]

    def acknowledge(self, at: datetime, incident_id: int = 1, by: str = "ana") -> None:
        """Let a person acknowledge."""
        policy = load_settings(self.workspace, self.variables).policy
        with self.store() as store, store.transaction() as held:
            state = held.state(at)
            held.keep(acknowledge(state, incident_id, policy, by=by, via="test", now=at), now=at)

    def notices(self) -> list[Outgoing]:
        """Return every message of every incident, in the order they were made."""
        with self.store() as store:
            found = [each for incident in store.incidents(_ALL) for each in of(store, incident)]
        return sorted(found, key=lambda each: each.notice_id)

    def outcomes(self, notice: Outgoing) -> list[str]:
        """Return how each attempt to send a message ended."""
        with self.store() as store:
            return [each.outcome for each in store.attempts(notice.notice_id)]

    def told(self) -> list[Told]:
        """Return what was sent: when, why, through which channel, to whom."""
        return [
            (each.sent_at, each.reason, *each.target)
            for each in self.notices()
            if each.state == "sent" and each.sent_at is not None
        ]

    def assert_the_sandbox_got_exactly_what_was_sent(self) -> None:
        """Hold the providers' side to ours: one message more or less fails."""
        sent = Counter(channel for _, _, channel, _ in self.told() if channel in PROVIDER_OF)
        time.sleep(_SETTLED_S)
        got = Counter(
            channel
            for channel, provider in PROVIDER_OF.items()
            for each in self.providers.messages(provider)
            # Slack edits its first message beside posting a new one.
            if each.draft.action != "chat.update"
        )
        assert got == sent


def of(store: AlertStore, incident: Incident) -> Sequence[Outgoing]:
    """Return the messages of an incident."""
    return store.notices(incident.incident_id)


def waves(told: Iterable[Told], since: datetime = START) -> list[tuple[float, str, str]]:
    """Return what was sent as (minute, reason, person), each wave once."""
    rows = [((at - since) / timedelta(minutes=1), why, who) for at, why, _, who in told]
    return list(dict.fromkeys(rows))
