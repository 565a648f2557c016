"""The script of charts is there whatever the disk does."""

from pathlib import Path

import pytest

from anfl_assets.chart import bundle
from anfl_assets.pages.vega import VegaScript
from anfl_assets.store.workspace import Workspace


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def make() -> str:
        found.append("made")
        return "the script"

    monkeypatch.setattr(bundle, "bundle", make)
    return found


def test_it_is_made_once_and_kept(tmp_path: Path, made: list[str]) -> None:
    for _ in range(2):
        assert VegaScript(Workspace(tmp_path)).content() == b"the script"
    assert made == ["made"]
    assert len(list((tmp_path / "pages").iterdir())) == 1


def test_where_nothing_can_be_written_it_is_made_once_and_held(
    tmp_path: Path, made: list[str]
) -> None:
    (tmp_path / "pages").write_text("no folder")
    script = VegaScript(Workspace(tmp_path))
    for _ in range(2):
        assert script.content() == b"the script"
    assert made == ["made"]
