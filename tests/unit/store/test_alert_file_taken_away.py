"""What alerting does when its file goes away under a running process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_file_that_was_deleted_is_begun_anew_where_everybody_sees_it(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with open_alerts(workspace) as store:
        with store.transaction() as held:
            held.beat("metrics", NOW)
        store.version()
        for path in workspace.state_dir.glob("alerts.sqlite*"):
            path.unlink()
        with store.transaction() as held:
            held.beat("delivery", NOW)
        store.version()
        with open_alerts(workspace) as other:
            assert list(other.beats()) == list(store.beats()) == ["delivery"]


def test_a_file_put_in_its_place_is_the_one_that_is_used(tmp_path: Path) -> None:
    workspace, elsewhere = Workspace(tmp_path / "here"), Workspace(tmp_path / "there")
    with open_alerts(elsewhere) as backup, backup.transaction() as held:
        held.beat("restored", NOW)
    with open_alerts(workspace) as store:
        store.version()
        for path in workspace.state_dir.glob("alerts.sqlite-*"):
            path.unlink()
        (elsewhere.state_dir / "alerts.sqlite").replace(workspace.state_dir / "alerts.sqlite")
        assert list(store.beats()) == ["restored"]
