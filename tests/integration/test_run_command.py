"""`anfl run`: in the history, nothing twice, a faulty feed told, a killed run closed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from anfl_assets.defs.instance import open_instance
from anfl_assets.store.workspace import Workspace

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = "from anfl_assets.cli.main import main; main()"
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
_FEEDS = """\
feeds:
  orders:
    entity: orders
    files: "orders/*.csv"
    columns:
      occurred_at: {from: at, format: "%Y-%m-%d", zone: UTC}
      customer_id: customer
      order_id: id
      amount: amount
      currency: {constant: EUR}
      kind: {constant: sale}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "orders").mkdir()
    lines = [f"2026-{month:02}-10,c{month},o{month},{month}.50" for month in range(1, 9)]
    (tmp_path / "orders" / "1.csv").write_text("\n".join(["at,customer,id,amount", *lines, ""]))
    (tmp_path / "feeds.yaml").write_text(_FEEDS)
    return tmp_path


def _command(folder: Path, *options: str) -> list[str]:
    feeds = ["--feeds", str(folder / "feeds.yaml"), "--data-dir", str(folder / "data")]
    return [sys.executable, "-c", _PROGRAM, "run", *feeds, *options]


def _ran(folder: Path) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        _command(folder, "--json"), env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def _history(folder: Path) -> list[tuple[str, str]]:
    with open_instance(Workspace(folder / "data")) as instance:
        return [(run.run_id, run.status.value) for run in instance.get_runs()]


def test_a_run_lands_and_builds_once_and_is_in_the_history(folder: Path) -> None:
    code, first, told = _ran(folder)
    assert (code, first["is_success"]) == (0, True), told
    orders = first["metadata"]["raw/usage_analytics"]
    assert (orders["files"], orders["dagster/row_count"]) == (1, 8)
    assert "fct_metric_status" in first["metadata"]

    code, second, told = _ran(folder)
    assert (code, second["is_success"]) == (0, True), told
    orders = second["metadata"]["raw/usage_analytics"]
    assert (orders["files"], orders["dagster/row_count"]) == (0, 0)
    assert "fct_metric_status" not in second["metadata"]
    runs = [(second["run_id"], "SUCCESS"), (first["run_id"], "SUCCESS")]
    assert _history(folder) == runs
    with open_instance(Workspace(folder / "data")) as instance:
        location = dg.RunsFilter(tags={".dagster/repository": "__repository__@anfl"})
        assert len(instance.get_runs(location)) == 2


def test_a_file_that_cannot_be_used_is_told_and_the_rest_is_built(folder: Path) -> None:
    (folder / "orders" / "2.csv").write_text("when,customer,id,amount\n2026-09-10,c,o9,1.00\n")
    code, outcome, told = _ran(folder)
    assert (code, outcome["faulty_feeds"]) == (2, 1), told
    assert outcome["is_success"] is True
    assert outcome["metadata"]["raw/usage_analytics"]["dagster/row_count"] == 8
    [problem] = outcome["problems"]
    assert "2.csv" in problem


def test_a_run_that_was_killed_is_closed_by_the_next_which_does_its_work(folder: Path) -> None:
    killed = subprocess.Popen(_command(folder), env=_ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for line in killed.stdout:
        if "collect" in line:
            killed.send_signal(signal.SIGKILL)
            break
    killed.communicate()
    [(left_open, status)] = _history(folder)
    assert status == "STARTED"

    code, outcome, told = _ran(folder)
    assert (code, outcome["reaped"]) == (0, [left_open]), told
    assert _history(folder) == [(outcome["run_id"], "SUCCESS"), (left_open, "FAILURE")]
