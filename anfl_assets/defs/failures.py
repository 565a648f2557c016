"""What an error of ours becomes in a run: a retry where it may pass, else a plain failure.

Dagster shows the description instead of a traceback, and `launch` finds the exit code again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData

from anfl_assets.errors import AnflError
from anfl_assets.store.workspace import FolderHeld

EXIT_CODE_KEY = "anfl/exit_code"
_RETRIES = 2
_RETRY_AFTER_S = 5.0
_HELD_S = 300.0
# What Dagster makes of Ctrl-C inside a step: a failure of the step, though nothing failed.
_INTERRUPTED = dg.DagsterExecutionInterruptedError.__name__
# What Dagster puts around an error only says that there was one; after the last retry, nameless.
_AROUND = {dg.DagsterExecutionStepExecutionError.__name__, dg.RetryRequested.__name__, None}


@contextmanager
def explained() -> Iterator[None]:
    """Turn an `AnflError` raised inside into what Dagster does about it."""
    try:
        yield
    except AnflError as error:
        if error.recoverable:
            raise dg.RetryRequested(max_retries=_RETRIES, seconds_to_wait=_RETRY_AFTER_S) from error
        raise failure(str(error), exit_code=error.exit_code) from error


@contextmanager
def patient() -> Iterator[None]:
    """Try again in five minutes where another writer holds the folder: for what runs rarely."""
    try:
        yield
    except FolderHeld as error:
        raise dg.RetryRequested(max_retries=_RETRIES, seconds_to_wait=_HELD_S) from error


def failure(description: str, *, exit_code: int = 1) -> dg.Failure:
    """Make a failure that is not tried again."""
    return dg.Failure(
        description=description, metadata={EXIT_CODE_KEY: exit_code}, allow_retries=False
    )


def is_interruption(failed: StepFailureData) -> bool:
    """Whether a step only failed because a person stopped it."""
    return failed.error is not None and failed.error.cls_name == _INTERRUPTED


def reason(failed: StepFailureData) -> str:
    """Return why a step failed: our own description, else the error's words."""
    told = failed.user_failure_data
    if told and told.description:
        return told.description
    error = failed.error
    while error is not None and error.cause is not None and error.cls_name in _AROUND:
        error = error.cause
    return error.message.strip() if error else "no reason given"
