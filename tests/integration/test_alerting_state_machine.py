"""Any order of events with a restart between any two of them: the state on disk is the state.

The same machine as the pure core's (`tests/unit/alert/test_model.py`), but each step begins with
what the store reads and ends with what it keeps, and messages go through the real outbox.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from anfl_assets.deliver.message import from_json
from anfl_assets.store.alerts.records import Outcome
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace
from tests.unit.alert.test_model import AnyOrderOfEvents, Reference, model_policy
from tests.unit.alert.world import World

_LEASE = timedelta(minutes=1)


@dataclass
class StoredWorld(World):
    """A world that forgets everything between two events but what is on disk."""

    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="anfl-state-")))

    def take(self, outcome: Outcome) -> None:
        """Keep the outcome, send what is due, and read the state anew."""
        self.log += [(self.minute, decision.verdict) for decision in outcome.decisions]
        with self._open() as store, store.transaction() as held:
            held.keep(outcome, now=self.now)
        with self._open() as store:
            for channel in sorted(store.due_channels(self.now)):
                self._send(store, channel)
        with self._open() as store, store.transaction() as held:
            self.state = held.state(self.now)

    def _send(self, store: AlertStore, channel: str) -> None:
        while due := store.claim(self.now, channel=channel, by="test", lease=_LEASE):
            for each in due:
                message = from_json(each.body)
                self.sent.append((self.minute, each.reason, *each.target))
                self.subjects.append(message.lines[0].subject if message.lines else "")
                self.keys.append(message.dedup_key)
                store.sent(each.notice_id, reference="taken", at=self.now)

    def _open(self) -> AlertStore:
        return open_alerts(Workspace(self.root))


class AnyOrderOfEventsAndRestarts(AnyOrderOfEvents):
    """The machine, with the state on disk."""

    def _begin(self) -> None:
        self.world = StoredWorld(model_policy())
        self.reference = Reference()
        self.minute = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "world"):
            assert isinstance(self.world, StoredWorld)
            shutil.rmtree(self.world.root)


AnyOrderOfEventsAndRestarts.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # minutes of shrinking tell no more
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyOrderOfEventsAndRestarts = AnyOrderOfEventsAndRestarts.TestCase
