"""`anfl users add` at a terminal: asked twice, shown never."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

from anfl_assets.pages.access.passwords import matches
from anfl_assets.pages.access.read_access import read_access

_QUESTION = re.compile(r"(?:Password|Repeat for confirmation): ")
_PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


def _at_a_terminal(folder: Path, answers: list[str]) -> tuple[str, int]:
    """Run the command with a terminal of its own; return what that showed, and the exit code."""
    command = ["-m", "anfl_assets.cli", "users", "add", "ana", "--data-dir", str(folder)]
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own command
    shown, given, until = "", 0, time.monotonic() + 60
    try:
        while select.select([terminal], [], [], max(until - time.monotonic(), 0))[0]:
            try:
                shown += os.read(terminal, 4_096).decode()
            except OSError:  # the other side has closed it
                break
            # A question may come in pieces, and what is typed before it is whole is thrown away.
            if len(_QUESTION.findall(shown)) > given and given < len(answers):
                os.write(terminal, f"{answers[given]}\n".encode())
                given += 1
        else:
            os.kill(process, signal.SIGKILL)
    finally:
        os.close(terminal)
    return shown, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_a_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    shown, code = _at_a_terminal(tmp_path, [_PASSWORD, _PASSWORD])
    assert code == 0
    assert "Password:" in shown
    assert "Repeat for confirmation:" in shown
    assert _PASSWORD not in shown
    user = read_access(tmp_path / "access.yaml").users["ana"]
    assert matches(user.password_hash.text, _PASSWORD)


def test_two_that_differ_are_asked_for_again(tmp_path: Path) -> None:
    shown, code = _at_a_terminal(tmp_path, [_PASSWORD, "another", _PASSWORD, _PASSWORD])
    assert code == 0
    assert "The two entered values do not match." in shown
