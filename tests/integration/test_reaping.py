"""Runs that a crash left open are closed at the next start, and no other run is."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from anfl_assets.defs.instance import open_instance
from anfl_assets.defs.reap import reap
from anfl_assets.store.workspace import Workspace


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job
def idle() -> None:
    """Have one step that does nothing."""
    nothing()


@pytest.fixture
def dead_process_id() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def _run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, process_id: int | None) -> str:
    run = instance.create_run_for_job(idle, status=status)
    if process_id is not None:
        instance.report_engine_event(
            f"Executing steps in process (pid: {process_id})",
            run,
            EngineEventData.in_process(process_id),
        )
    return run.run_id


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_run_whose_process_is_gone_is_closed(tmp_path: Path, dead_process_id: int) -> None:
    with open_instance(Workspace(tmp_path)) as instance:
        started = _run(instance, dg.DagsterRunStatus.STARTED, dead_process_id)
        canceling = _run(instance, dg.DagsterRunStatus.CANCELING, dead_process_id)
        assert set(reap(instance, now=datetime.now(UTC))) == {started, canceling}
        assert _status(instance, started) is dg.DagsterRunStatus.FAILURE
        assert _status(instance, canceling) is dg.DagsterRunStatus.CANCELED
        assert reap(instance, now=datetime.now(UTC)) == []


def test_a_run_that_still_runs_or_has_ended_is_left_alone(tmp_path: Path) -> None:
    with open_instance(Workspace(tmp_path)) as instance:
        statuses = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS)
        runs = {_run(instance, status, os.getpid()): status for status in statuses}
        assert reap(instance, now=datetime.now(UTC)) == []
        assert {run_id: _status(instance, run_id) for run_id in runs} == runs


def test_a_run_that_never_told_its_process_gets_two_minutes(tmp_path: Path) -> None:
    with open_instance(Workspace(tmp_path)) as instance:
        starting = _run(instance, dg.DagsterRunStatus.STARTING, None)
        now = datetime.now(UTC)
        assert reap(instance, now=now + timedelta(seconds=90)) == []
        assert reap(instance, now=now + timedelta(seconds=150)) == [starting]
        assert _status(instance, starting) is dg.DagsterRunStatus.FAILURE


def test_the_settings_of_a_folder_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with open_instance(workspace) as instance:
        assert instance.telemetry_enabled is False
        assert instance.run_monitoring_max_runtime_seconds == 7200
        # One run of each pool: `pools.py` says which runs those are.
        pools = instance.get_concurrency_config().pool_config
        assert (str(pools.pool_granularity), pools.default_pool_limit) == ("PoolGranularity.RUN", 1)
    settings = workspace.dagster_home / "dagster.yaml"
    settings.write_text("telemetry: {enabled: false}\n")
    with open_instance(workspace):
        pass
    assert settings.read_text() == "telemetry: {enabled: false}\n"
