"""Which feeds file a folder is filled from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.cli import example
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)


def _settle(workspace: Workspace, feeds: Path | None) -> Path:
    return settle_feeds(workspace, feeds, as_of=None, now=NOW, say=lambda _: None)


def test_the_first_feeds_file_of_a_folder_is_kept_and_another_one_refused(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    ours.touch()
    theirs.touch()
    workspace = Workspace(tmp_path / "data")
    assert _settle(workspace, ours) == ours
    assert _settle(workspace, None) == ours
    assert _settle(workspace, ours) == ours
    with pytest.raises(WorkspaceError, match="one data folder is one organisation"):
        _settle(workspace, theirs)


def test_a_feeds_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"gone\.yaml: no such feeds file"):
        _settle(Workspace(tmp_path / "data"), tmp_path / "gone.yaml")


def test_a_folder_without_a_feeds_file_gets_the_example_company_and_may_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[datetime] = []

    def make(workspace: Workspace, **moments: object) -> Path:
        made.append(NOW)
        path = workspace.example_dir / "feeds.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        assert moments["now"] == NOW
        return path

    monkeypatch.setattr(example, "example_feeds", make)
    before = Workspace(tmp_path / "before")
    assert _settle(before, None) == before.example_dir / "feeds.yaml"
    before.root.rename(tmp_path / "after")
    after = Workspace(tmp_path / "after")
    assert _settle(after, None) == after.example_dir / "feeds.yaml"
    assert len(made) == 2
