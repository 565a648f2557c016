"""What is dear and the same for every unit test: Polars' threads, and databases without a row.

One thread of Polars for frames of a few rows: waking a second one takes longer than they do. Only
where nothing but unit tests runs: frames that are worth two threads are built in integration tests,
which keep them.

A database is made once and copied: making one waits eight times for the disk. Tests of making it
and of opening it do not ask for these fixtures.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from anfl_assets.store.workspace import Workspace

_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Say it before anything imports Polars, and not to programs that integration tests start."""
    asked = [Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.args]
    if all(path.resolve().is_relative_to(_HERE) for path in asked):
        os.environ["POLARS_MAX_THREADS"] = "1"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a folder with alerting's state and the ledger as their first opening leaves them."""
    from anfl_assets.store.alerts.store import open_alerts
    from anfl_assets.store.ledger import open_ledger

    made = Workspace(tmp_path_factory.mktemp("databases"))
    open_alerts(made).close()
    open_ledger(made).close()
    return made


@pytest.fixture
def with_alerts(databases: Workspace, tmp_path: Path) -> Workspace:
    """Return the test's folder with alerting's state, without a row."""
    return _copied(databases, "alerts.sqlite", tmp_path)


@pytest.fixture
def with_ledger(databases: Workspace, tmp_path: Path) -> Workspace:
    """Return the test's folder with a ledger without a row."""
    return _copied(databases, "anfl.sqlite", tmp_path)


def _copied(databases: Workspace, name: str, root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.state_dir.mkdir()
    shutil.copyfile(databases.state_dir / name, workspace.state_dir / name)
    return workspace
