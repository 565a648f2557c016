"""What names the method that forecasts are made by."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

import anfl_assets.forecast
from anfl_assets.flow.forecasting import method


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the engine's source be read from a copy."""
    shutil.copytree(anfl_assets.forecast.__path__[0], tmp_path / "forecast")
    package = ModuleType("forecast")
    package.__path__ = [str(tmp_path / "forecast")]
    monkeypatch.setattr(method, "_PACKAGES", (package,))
    method.program.cache_clear()
    yield tmp_path / "forecast"
    method.program.cache_clear()


def _now() -> str:
    method.program.cache_clear()
    return method.program()


def test_it_begins_with_the_version_and_stays_the_same() -> None:
    first = _now()
    assert first.partition("+")[0] == version("anfl-metrics")
    assert _now() == first


def test_a_changed_candidate_is_another_method(copied: Path) -> None:
    first = _now()
    with (copied / "candidates" / "levels.py").open("a") as file:
        file.write("# another\n")
    assert _now() != first


@pytest.mark.usefixtures("copied")
def test_another_release_of_a_library_is_another_method(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _now()
    monkeypatch.setattr(
        method, "version", lambda name: "99" if name == "prophet" else version(name)
    )
    assert _now() != first
