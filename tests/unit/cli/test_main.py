"""The command's frame: its map, its exit codes, what it says of a mistake."""

import errno
import os
import subprocess
import sys

import click
import pytest

from anfl_assets.cli import main
from anfl_assets.cli.lazy import LazyGroup
from anfl_assets.errors import LandingError, UnknownMetric, UserError


def test_help_names_every_command_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.invoke(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    missing = [name for name, entry in main.COMMANDS.items() if f"{name} {entry.help}" not in shown]
    assert missing == []


def test_help_imports_no_command_and_nothing_heavy() -> None:
    program = (
        "import sys; from anfl_assets.cli.main import invoke; invoke(['--help']);"
        "heavy = {'dagster', 'dbt', 'duckdb', 'great_expectations', 'pandas', 'sqlalchemy'};"
        "print(sorted(heavy & set(sys.modules)), [m for m in sys.modules"
        " if m.startswith('anfl_assets.cli.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] ['anfl_assets.cli.lazy', 'anfl_assets.cli.main']"


def _failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(UnknownMetric("no metric 'uptme'; did you mean 'uptime'?"), 2, id="mistake"),
        pytest.param(LandingError("orders: the lake refused the commit"), 1, id="the work failed"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(error))
    monkeypatch.delenv(main.DEBUG_VARIABLE, raising=False)
    assert main.invoke(["status"]) == code
    assert capsys.readouterr().err == f"anfl: {error}\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_an_interrupt_leaves_with_130_also_during_a_query(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(error))
    assert main.invoke(["run"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_any_other_runtime_error_is_unexpected(monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("something else")
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(error))
    with pytest.raises(RuntimeError, match="something else"):
        main.invoke(["run"])


def test_what_an_error_quotes_does_not_command_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = UserError("found '\x1b[31m'\n\tand a second line")
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(error))
    assert main.invoke(["run"]) == 2
    assert capsys.readouterr().err == "anfl: found '\ufffd[31m'\n        and a second line\n"


def test_a_reader_that_has_gone_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = BrokenPipeError(errno.EPIPE, "Broken pipe")
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(gone))
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    assert main.invoke(["status"]) == 0


def test_an_output_that_is_full_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: _failing(full))
    assert main.invoke(["status"]) == 2
    told = "anfl: No space left on device; free some and run again\n"
    assert capsys.readouterr().err == told


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.invoke(["quarantin"]) == 2
    assert "did you mean 'quarantine'?" in capsys.readouterr().err


def test_what_nobody_foresaw_is_two_lines_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(main.DEBUG_VARIABLE, raising=False)
    main.explain_unexpected(ValueError, ValueError("odd"), None)
    written = capsys.readouterr().err
    assert written.splitlines()[0] == "anfl: unexpected ValueError: odd"
    assert "Traceback" not in written
