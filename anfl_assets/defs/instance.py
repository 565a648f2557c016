"""Dagster's own store in the data folder: its settings file and opening it.

The settings are written once and then belong to the person (PostgreSQL storage, other limits).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from anfl_assets.store.workspace import Workspace

SETTINGS_NAME = "dagster.yaml"
SETTINGS = """\
# Dagster's settings for this data folder; written once, yours to change.
# Storage is SQLite in this folder, Dagster's default: it moves with the folder.
telemetry:
  enabled: false
nux:
  enabled: false

# Our steps log events and print nothing; capturing output would start two processes a step.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager

# One data folder has one writer, so one build at a time; beside it one forecast, which only reads
# until its end, and what is sent. `pools` say which is which: one run of each.
concurrency:
  runs:
    max_concurrent_runs: 3
  pools:
    granularity: run
    default_limit: 1

# A run that hangs is ended after two hours; `anfl run` and `anfl up` reap what a crash left.
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  cancel_timeout_seconds: 60
  max_runtime_seconds: 7200
  poll_interval_seconds: 30

# Threads keep the beat of sensors and schedules at five seconds. Five sensors alert; the one that
# sends waits for what is to be sent, so there must be more workers than sensors.
sensors:
  use_threads: true
  num_workers: 8
schedules:
  use_threads: true
  num_workers: 2
freshness:
  enabled: true

retention:
  schedule:
    purge_after_days: {skipped: 7, success: 30, failure: 30, started: 30}
  sensor:
    purge_after_days: {skipped: 2, success: 30, failure: 30, started: 30}
"""


def prepare_home(workspace: Workspace) -> None:
    """Make DAGSTER_HOME of the data folder, with its settings where they are missing."""
    workspace.dagster_home.mkdir(parents=True, exist_ok=True)
    settings = workspace.dagster_home / SETTINGS_NAME
    if not settings.exists():
        settings.write_text(SETTINGS)


@contextmanager
def open_instance(workspace: Workspace) -> Iterator[dg.DagsterInstance]:
    """Open the folder's instance, making it on first use."""
    prepare_home(workspace)
    with dg.DagsterInstance.from_config(str(workspace.dagster_home)) as instance:
        yield instance
