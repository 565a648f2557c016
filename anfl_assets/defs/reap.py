"""Ending the runs a crash left behind.

With Dagster's default launcher a run whose whole process tree was killed stays STARTED for ever
(dagster#4319), and a schedule that waits for it never runs again. Here every unfinished run whose
process is gone is closed at the next start.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

# A worker writes its process id within seconds of its start; a slow machine gets two minutes.
_GRACE = timedelta(minutes=2)
# A process may be older than its run's first event, never younger; the clock tick is 10 ms.
_CLOCK_SLACK_S = 2.0
_LEFT_BEHIND = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def reap(instance: dg.DagsterInstance, *, now: datetime) -> list[str]:
    """Close every unfinished run whose process is gone; return their run ids.

    A run that was being cancelled becomes CANCELED, any other FAILURE. Queued runs stay: the
    daemon starts them.
    """
    reaped = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_LEFT_BEHIND)):
        run = record.dagster_run
        if _is_alive(instance, run.run_id, age=now - record.update_timestamp):
            continue
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, message="Its process is gone; cancelled.")
        else:
            instance.report_run_failed(
                run, message="Its process is gone: it was killed or crashed."
            )
        reaped.append(run.run_id)
    return reaped


def _is_alive(instance: dg.DagsterInstance, run_id: str, *, age: timedelta) -> bool:
    worker = _worker(instance, run_id)
    if worker is None:
        return age < _GRACE
    process_id, seen_at = worker
    return is_running(process_id, seen_at=seen_at)


def _worker(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Return the process that last said it executes the run, and when it said so."""
    found = None
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        metadata = {} if event is None else event.engine_event_data.metadata
        if "pid" in metadata:
            found = (int(str(metadata["pid"].value)), entry.timestamp)
    return found


def is_running(process_id: int, *, seen_at: float) -> bool:
    """Whether the process of that id that was seen at `seen_at` (Unix time) still runs.

    A younger process has only inherited the number.
    """
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # somebody else's process: the number was given away
    started_at = _started_at(process_id)
    return started_at is None or started_at <= seen_at + _CLOCK_SLACK_S


def _started_at(process_id: int) -> float | None:
    """Unix time of a process's start; None where the system does not say (no /proc)."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        booted = next(
            int(line.split()[1])
            for line in Path("/proc/stat").read_text().splitlines()
            if line.startswith("btime")
        )
    except OSError:
        return None
    # The 22nd field; the first two went with the name in brackets.
    return booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
