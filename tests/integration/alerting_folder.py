"""A data folder in which alerting has judged: two services too slow, one held back, one well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anfl_assets.alert.pipeline import step
from anfl_assets.alert.policy import Policy
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace

# What came in a file must not command a terminal.
HOSTILE = "\x1b[31mevil\nname" + "x" * 10_000


@dataclass(frozen=True)
class AlertingFolder:
    """A folder, its policy, and a clock that begins a quarter of an hour ago."""

    workspace: Workspace
    policy: Policy
    store: AlertStore
    began_at: datetime

    def at(self, minute: int) -> datetime:
        """Return a moment after the beginning."""
        return self.began_at + timedelta(minutes=minute)

    def reading(self, subject: str, value: float | None, minute: int) -> Reading:
        """Return what is judged of a service's latency: the target is 50 ms, the alert 100 ms."""
        end = self.at(minute)
        missed = "on_target" if value is None or value <= 50 else "off_target"
        status = "no_data" if value is None else "breached" if value > 100 else missed
        return Reading(
            metric_id="inference_latency",
            subject=subject,
            grain="5 minutes",
            status=status,
            value=value,
            unit="ms",
            target=50.0,
            target_operator="<",
            threshold=100.0,
            sample_count=240,
            since=end - timedelta(minutes=5),
            window_start_at=end - timedelta(minutes=5),
            window_end_at=end,
            judged_at=end,
        )

    def judge(self, minute: int, values: dict[str, float | None]) -> None:
        """Let the evaluator judge these values at a minute."""
        self._step(minute, [self.reading(*each, minute) for each in values.items()])

    def _step(self, minute: int, readings: Sequence[Reading]) -> None:
        now = self.at(minute)
        with self.store.transaction() as transaction:
            state = transaction.state(now)
            outcome = step(state, readings, self.policy, evaluator="metrics", now=now)
            transaction.keep(outcome, now=now)


def alerting_folder(path: Path) -> AlertingFolder:
    """Return a folder in which nothing was judged yet; close its store."""
    workspace = open_workspace(path)
    with open_ledger(workspace):
        pass
    policy = load_settings(workspace, {}).policy
    began_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=13)
    return AlertingFolder(workspace, policy, open_alerts(workspace), began_at)


def with_incident(path: Path) -> AlertingFolder:
    """Return a folder with an open incident of two, one held back, one on target."""
    folder = alerting_folder(path)
    slow: dict[str, float | None] = {"chat": 131.25, HOSTILE: 150.0, "search": 20.0}
    folder.judge(0, slow)
    folder.judge(5, slow)
    folder.judge(12, {**slow, "late": 300.0})
    return replace(folder)
