"""Which feeds file a folder is filled from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.cli import example
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.errors import FeedError, WorkspaceError
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)
_FEEDS = """
feeds:
  web:
    entity: requests
    files: web.csv
    columns: {observed_at: at, service: service, is_error: {constant: false}}
"""


def _settle(workspace: Workspace, feeds: Path | None) -> Path:
    return settle_feeds(workspace, feeds, as_of=None, now=NOW, say=lambda _: None)


def test_the_first_feeds_file_of_a_folder_is_kept_and_another_one_refused(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    ours.write_text(_FEEDS)
    theirs.write_text(_FEEDS)
    workspace = Workspace(tmp_path / "data")
    assert _settle(workspace, ours) == ours
    assert _settle(workspace, None) == ours
    assert _settle(workspace, ours) == ours
    with pytest.raises(WorkspaceError, match="one data folder is one organisation"):
        _settle(workspace, theirs)


def test_a_feeds_file_with_a_fault_is_told_and_binds_no_folder(tmp_path: Path) -> None:
    wrong, ours = tmp_path / "wrong.yaml", tmp_path / "ours.yaml"
    wrong.write_text(_FEEDS.replace("entity: requests", "entity: request"))
    ours.write_text(_FEEDS)
    workspace = Workspace(tmp_path / "data")
    with pytest.raises(FeedError, match="did you mean 'requests'"):
        _settle(workspace, wrong)
    assert _settle(workspace, ours) == ours
    ours.write_text("feeds: {")
    with pytest.raises(FeedError):
        _settle(workspace, None)


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
        path.write_text(_FEEDS)
        assert moments["now"] == NOW
        return path

    monkeypatch.setattr(example, "example_feeds", make)
    before = Workspace(tmp_path / "before")
    assert _settle(before, None) == before.example_dir / "feeds.yaml"
    before.root.rename(tmp_path / "after")
    after = Workspace(tmp_path / "after")
    assert _settle(after, None) == after.example_dir / "feeds.yaml"
    assert len(made) == 2
