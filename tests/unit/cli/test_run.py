"""The exit code of a run says whose turn it is, its last line what it did not do."""

from pathlib import Path

import pytest

from anfl_assets.cli.run import exit_code, hint
from anfl_assets.defs.launch import RunOutcome, StepFailure
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import put, vintage


def _outcome(*codes: int, is_success: bool = True, faulty_feeds: int = 0) -> RunOutcome:
    failures = tuple(StepFailure("kpis", "said", code) for code in codes)
    return RunOutcome("id", is_success, failures, (), faulty_feeds, {}, ())


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        pytest.param(_outcome(), 0, id="whole"),
        pytest.param(_outcome(faulty_feeds=1), 2, id="a feed must be mended"),
        pytest.param(_outcome(1, is_success=False), 1, id="the build was held"),
        pytest.param(_outcome(1, 2, is_success=False), 2, id="a mistake of the person"),
        pytest.param(_outcome(is_success=False), 1, id="failed without a word"),
    ],
)
def test_the_exit_code_says_whose_turn_it_is(outcome: RunOutcome, code: int) -> None:
    assert exit_code(outcome) == code


def test_forecasts_are_hinted_at_until_there_are_some(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert hint(workspace) == (
        f"No forecast was made yet; `anfl forecast run --data-dir {workspace.root}` "
        "says what will be."
    )
    put(workspace, [vintage()])
    assert hint(workspace) is None
