"""A person at another terminal reaches the sandbox of the data folder, as long as it runs."""

import fcntl
from pathlib import Path

from anfl_assets.cli.sandbox_place import announced, with_sandbox
from anfl_assets.store.workspace import Workspace

URL, SMTP = "http://127.0.0.1:8025", "127.0.0.1:1025"
FOUND = {"A": "1", "ANFL_SANDBOX_URL": URL, "ANFL_SANDBOX_SMTP": SMTP}


def test_a_running_sandbox_is_found_and_one_that_was_killed_is_not(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.state_dir.mkdir()
    assert with_sandbox(workspace, {"A": "1"}) == {"A": "1"}
    with (workspace.state_dir / "sandbox.lock").open("w") as lock:
        with announced(workspace, URL, SMTP):
            assert with_sandbox(workspace, {"A": "1"}) == {"A": "1"}
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert with_sandbox(workspace, {"A": "1"}) == FOUND
            other = {"ANFL_SANDBOX_URL": "http://127.0.0.1:9"}
            assert with_sandbox(workspace, other) == other
        assert with_sandbox(workspace, {"A": "1"}) == {"A": "1"}
        (workspace.state_dir / "sandbox.json").write_text("{")
        assert with_sandbox(workspace, {"A": "1"}) == {"A": "1"}
