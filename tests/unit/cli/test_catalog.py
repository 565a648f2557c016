"""`anfl catalog`: what it prints and which exit code a fault or drift becomes."""

import json
import shutil
from pathlib import Path

import pytest

from anfl_assets.catalog.loader import FOLDER
from anfl_assets.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "anfl_assets" / "catalog")
    return tmp_path


def test_check_reports_drift_with_exit_code_2_until_sync(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--project-dir", str(project)]
    assert main.invoke(["catalog", "check", *where]) == 2
    assert "metric_catalog.csv: the file: found no such file" in capsys.readouterr().err
    assert main.invoke(["catalog", "sync", *where]) == 0
    assert "6 written, 0 up to date" in capsys.readouterr().out
    assert main.invoke(["catalog", "check", *where]) == 0
    assert "12 metrics, no fault; 6 derived files up to date" in capsys.readouterr().out


def test_check_lists_every_fault_without_a_traceback(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = project / "anfl_assets" / "catalog" / "metrics.yaml"
    text = metrics.read_text(encoding="utf-8").replace('ms"', 'mz"')
    metrics.write_text(text, encoding="utf-8")
    assert main.invoke(["catalog", "check", "--project-dir", str(project)]) == 2
    errors = capsys.readouterr().err
    assert "inference_latency.target: found '<50mz' has the unknown unit 'mz'" in errors
    assert "inference_latency.alert_threshold: found '100mz' has the unknown unit" in errors
    assert "Traceback" not in errors


def test_list_is_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.invoke(["catalog", "list"]) == 0
    assert "latency, response_time" in capsys.readouterr().out
    assert main.invoke(["catalog", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 12
    assert rows[9]["target"] == ">4.5/5"
