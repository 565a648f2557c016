"""Running a job in this process, on the data folder's own instance.

So that a run from the terminal is in the pages' history beside the scheduled ones. Everything the
command line needs to know of Dagster is behind `execute` and `RunOutcome`.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg

from anfl_assets.defs.assemble import assemble
from anfl_assets.defs.failures import EXIT_CODE_KEY, is_interruption, reason
from anfl_assets.defs.instance import open_instance
from anfl_assets.defs.jobs import QUIET
from anfl_assets.defs.progress import Listener, StepProgress
from anfl_assets.defs.reap import reap
from anfl_assets.store.workspace import Workspace

# As workspace.yaml names the code location; the pages find a job's runs by this tag.
CODE_LOCATION = "anfl"
_LOCATION_TAG = {".dagster/repository": f"__repository__@{CODE_LOCATION}"}


@dataclass(frozen=True)
class StepFailure:
    """A step that failed: what it said and the exit code it asks for."""

    step: str
    message: str
    exit_code: int


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended.

    `problems` are files that could not be used, `faulty_feeds` those of them a person must mend;
    `metadata` is what each asset said of itself; `reaped` are runs of before that a crash had
    left open.
    """

    run_id: str
    is_success: bool
    failures: tuple[StepFailure, ...]
    problems: tuple[str, ...]
    faulty_feeds: int
    metadata: dict[str, dict[str, object]]
    reaped: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """What to run: a job, on a folder, with a feeds file (None: the folder's), as of a moment."""

    job: str
    workspace: Workspace
    feeds: Path | None = None
    as_of: datetime | None = None


def execute(
    request: Request, *, now: datetime, on_progress: Callable[[StepProgress], None]
) -> RunOutcome:
    """Run the job to its end in this process and say how it ended.

    Raises:
        BuildError: the dbt project cannot be parsed.
        KeyboardInterrupt: interrupted; the run is closed in the history.
    """
    with open_instance(request.workspace) as instance:
        reaped = reap(instance, now=now)
        run_id = str(uuid.uuid4())
        listener = Listener(on_progress)
        instance.add_event_listener(run_id, listener)
        with _interruptible():
            result = (
                assemble()
                .resolve_job_def(request.job)
                .execute_in_process(
                    instance=instance,
                    run_id=run_id,
                    run_config=_run_config(request),
                    tags=_LOCATION_TAG,
                    raise_on_error=False,
                )
            )
        return RunOutcome(
            run_id=run_id,
            is_success=result.success,
            failures=tuple(_failures(result)),
            problems=listener.problems,
            faulty_feeds=listener.faulty_feeds,
            metadata=listener.metadata,
            reaped=tuple(reaped),
        )


def close_left_behind(workspace: Workspace, *, now: datetime) -> list[str]:
    """Close the runs a crash left unfinished in the folder's history; return their run ids."""
    with open_instance(workspace) as instance:
        return reap(instance, now=now)


def _run_config(request: Request) -> dict[str, object]:
    config = {
        "data_dir": str(request.workspace.root),
        "feeds": str(request.feeds) if request.feeds else "",
        "as_of": request.as_of.isoformat() if request.as_of else "",
    }
    return {"resources": {"workspace": {"config": config}}, **QUIET}


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[StepFailure]:
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        failed = event.step_failure_data
        if is_interruption(failed):
            raise KeyboardInterrupt
        told = failed.user_failure_data
        code = told.metadata.get(EXIT_CODE_KEY) if told else None
        step, exit_code = event.step_key or "?", int(str(code.value)) if code else 1
        yield StepFailure(step, reason(failed), exit_code)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except dg.DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
