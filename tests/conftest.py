"""What every test run does once: nothing imported is garbage, and one database without a row.

Collecting the tests imports some thousand modules, which live until the end. Looking through them
for cycles again and again took an eighth of the unit tests' time.

A database is made once and copied: making one waits eight times for the disk. Tests of making it
and of opening it do not ask for these fixtures.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from anfl_assets.store.workspace import Workspace

# A machine that is busy is no fault: how long a thing takes is measured in benchmarks.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Put what was imported where the garbage collector does not look."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    """Let the interpreter end as it would have: duckdb tells of what nobody cleared."""
    gc.unfreeze()


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
