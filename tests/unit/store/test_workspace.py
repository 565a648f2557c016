"""The data folder: its places, and that only one process writes to it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.workspace import Workspace, open_workspace


def test_a_table_lives_in_its_sources_store(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.table_path("requests") == tmp_path / "lake/performance/requests"
    assert workspace.table_path("orders") == tmp_path / "lake/analytics/orders"
    assert workspace.mart_path("dim_metric") == tmp_path / "lake/marts/dim_metric"


def test_opening_makes_the_folder(tmp_path: Path) -> None:
    assert open_workspace(tmp_path / "new" / "data").root.is_dir()


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="choose another --data-dir"):
        open_workspace(tmp_path / "data")


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    with workspace.writing(), pytest.raises(WorkspaceError, match=str(os.getpid())):
        workspace.writing().__enter__()


def test_the_next_writer_may_come_when_the_first_has_left(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    with workspace.writing():
        pass
    entered = False
    with workspace.writing():
        entered = True
    assert entered


def test_a_patient_writer_waits_for_its_turn(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with workspace.writing():
            held.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    threading.Timer(0.2, leave.set).start()
    with workspace.writing(wait_s=10):
        pass
    holder.join()


def test_another_process_is_kept_out_too(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from anfl_assets.store.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).writing(): pass"
    )
    with open_workspace(tmp_path).writing():
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
    assert f"process {os.getpid()}" in done.stderr
