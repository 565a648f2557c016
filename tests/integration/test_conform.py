"""`anfl conform` on a data folder in which a build ran and nothing had landed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.cli import main
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.flow.build import build
from anfl_assets.store.workspace import open_workspace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one published build over no data."""
    folder = tmp_path_factory.mktemp("data")
    feeds = Feeds(Organisation(), (), folder / "feeds.yaml")
    assert build(open_workspace(folder), feeds, now=NOW).status == "published"
    return folder


@pytest.mark.slow
def test_an_empty_build_is_told_line_by_line_and_leaves_with_1(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.invoke(["conform", "--json", "--data-dir", str(data_dir)]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert {tuple(row) for row in rows} == {
        ("section", "line", "status", "configuration", "evidence")
    }
    assert {row["line"]: row["status"] for row in rows if row["status"] == "ok"} == {
        "processing_pipeline.batch: Long-term storage": "ok"
    }
    by_line = {row["line"]: row for row in rows}
    assert by_line["system_metrics.infrastructure.uptime.target: 99.99%"] == {
        "section": "1.1",
        "line": "system_metrics.infrastructure.uptime.target: 99.99%",
        "status": "missing",
        "configuration": "on target >= 99.99 %",
        "evidence": "– no feed brought probes",
    }


@pytest.mark.slow
def test_the_table_ends_with_the_counts(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.invoke(["conform", "--data-dir", str(data_dir)]) == 1
    written = capsys.readouterr().out
    assert "§4.2 Alert System" in written
    assert "142 lines: 1 ok, 1" in written


def test_a_folder_without_anything_says_what_makes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = tmp_path / "absent"
    assert main.invoke(["conform", "--data-dir", str(absent)]) == 1
    assert f"`anfl run --data-dir {absent}` makes one" in capsys.readouterr().out
    assert not absent.exists()
