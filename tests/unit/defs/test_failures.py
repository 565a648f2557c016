"""An error of ours becomes a retry where it may pass, else a failure with its exit code."""

import dagster as dg
import pytest

from anfl_assets.defs.failures import EXIT_CODE_KEY, explained, patient, reason
from anfl_assets.errors import BuildError, LandingError, WorkspaceError
from anfl_assets.store.workspace import FolderHeld


def test_what_may_pass_is_tried_again() -> None:
    with pytest.raises(dg.RetryRequested), explained():
        raise LandingError("the lake refused the commit")


@pytest.mark.parametrize(
    ("error", "code"), [(WorkspaceError("full"), 2), (BuildError("dbt failed"), 1)]
)
def test_what_stays_is_a_failure_that_keeps_its_exit_code(error: Exception, code: int) -> None:
    with pytest.raises(dg.Failure) as caught, explained():
        raise error
    assert caught.value.description == str(error)
    assert caught.value.allow_retries is False
    assert caught.value.metadata[EXIT_CODE_KEY].value == code


def test_an_error_that_is_not_ours_is_left_alone() -> None:
    with pytest.raises(KeyError), explained():
        raise KeyError("odd")


def test_what_runs_rarely_waits_for_the_folder_and_for_nothing_else() -> None:
    with pytest.raises(dg.RetryRequested) as asked, explained(), patient():
        raise FolderHeld("process 7 is writing")
    assert (asked.value.max_retries, asked.value.seconds_to_wait) == (2, 300.0)
    with pytest.raises(dg.Failure), explained(), patient():
        raise WorkspaceError("full")


@dg.op
def odd() -> None:
    """Fail with an error that is not ours."""
    raise KeyError("odd")


@dg.op
def held() -> None:
    """Fail with an error of ours, though it was tried again."""
    with explained():
        raise LandingError("the lake refused the commit") from OSError("no space left")


@dg.job
def failing() -> None:
    """Have two steps that fail."""
    odd()
    held()


def test_an_error_is_told_in_its_own_words_not_in_those_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("anfl_assets.defs.failures._RETRY_AFTER_S", 0)
    run = failing.execute_in_process(raise_on_error=False)
    failed = [event.step_failure_data for event in run.all_events if event.is_step_failure]
    assert sorted(reason(each).rpartition("Error: ")[2] for each in failed) == [
        "'odd'",
        "the lake refused the commit",
    ]
