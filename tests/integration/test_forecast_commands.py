"""`anfl forecast` on the example company's own build, by the metric that has one series."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.cli import main
from anfl_assets.cli.forecast.level import made_for_level
from anfl_assets.report.forecasts import VINTAGES
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import fan, put, vintage
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

_GROWTH = vintage(
    metric_id="user_adoption",
    subject="all",
    form="daily form",
    direction="higher_is_better",
    target=20.0,
    threshold=10.0,
    origin_day=(EXAMPLE_AS_OF - timedelta(days=1)).date(),
    recent=[15.0, 16.0, 17.0],
)


@pytest.fixture
def workspace(built_example: BuiltExample, tmp_path: Path) -> Workspace:
    """A copy of the example, with one forecast that was written by hand."""
    for part in ("state", "lake/marts"):
        shutil.copytree(built_example.root / part, tmp_path / part)
    (tmp_path / "example").mkdir()
    for name in ("feeds.yaml", "organisation.yaml"):
        shutil.copy(built_example.root / "example" / name, tmp_path / "example")
    found = Workspace(tmp_path)
    put(found, [_GROWTH], fan(_GROWTH, start=17.0, step=-0.1))
    return found


def _asked(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> str:
    assert main.invoke(["forecast", *arguments, "--data-dir", str(root)]) == 0
    return capsys.readouterr().out


@pytest.mark.slow
def test_a_backtest_and_another_level_are_made_anew_of_the_same_paths(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = lake.version(workspace.forecast_path(VINTAGES))
    text = _asked(capsys, workspace.root, "backtest", "growth_rate", "--json")
    [told] = json.loads(text, parse_constant=pytest.fail)
    assert (told["metric_id"], told["form"]) == ("user_adoption", "daily form")
    assert len({each["origin_day"] for each in told["scored_days"]}) == told["origins"]
    catalog = load_catalog()
    metric = catalog.metrics["user_adoption"]
    [made] = made_for_level(workspace, catalog, metric, told["threshold"], subject="all")
    assert made.vintage.threshold_probability == told["threshold_probability"]
    assert made.vintage.mase == told["mase"]
    assert lake.version(workspace.forecast_path(VINTAGES)) == kept


def test_a_longer_history_is_read_from_the_build(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("show", "user_adoption", "--days")
    short, long = (_asked(capsys, workspace.root, *asked, days) for days in ("3", "200"))
    assert "2026-06-01" not in short
    assert "2026-06-01" in long


def test_a_forecast_is_drawn_into_files(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg, png = tmp_path / "fan.svg", tmp_path / "fan.png"
    _asked(capsys, workspace.root, "show", "growth", "--svg", str(svg), "--png", str(png))
    assert svg.read_text().startswith("<svg")
    assert "Simulated data" in svg.read_text()
    assert png.read_bytes().startswith(b"\x89PNG")
