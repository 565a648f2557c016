"""What the doctor says of the processes of alerting."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from anfl_assets.flow.alerting.doctor.alerting import beats
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_beat_of_a_clock_that_was_ahead_does_not_pass_for_alive(tmp_path: Path) -> None:
    with open_alerts(Workspace(tmp_path)) as store:
        with store.transaction() as held:
            held.beat("metrics", NOW + timedelta(days=90))
            held.beat("delivery", NOW - timedelta(seconds=5))
        found = list(beats(store, NOW, timedelta(minutes=5)))
    assert [each.health for each in found] == ["broken", "ok"]
