"""What a configuration file said when it could last be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.last_good import LastGood


def number(path: Path) -> int:
    """Read a number, as a loader of configuration would."""
    text = path.read_text() if path.exists() else "0"
    if not text.isdigit():
        raise WorkspaceError(f"{path.name}: found {text!r}, expected a number")
    return int(text)


def write(path: Path, text: str, at: int) -> None:
    path.write_text(text)
    os.utime(path, ns=(at, at))


def test_a_broken_edit_keeps_what_was_so_before_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "number"
    kept = LastGood(lambda: number(path), lambda: [path])
    assert kept.get() == 0
    write(path, "1", 1)
    assert (kept.get(), kept.problem) == (1, "")
    write(path, "x", 2)
    assert kept.get() == 1
    assert kept.problem == "what was so before is kept: number: found 'x', expected a number"
    write(path, "2", 3)
    assert (kept.get(), kept.problem) == (2, "")


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "number"
    write(path, "7", 1)
    reads: list[int] = []

    def load() -> int:
        reads.append(number(path))
        return reads[-1]

    kept = LastGood(load, lambda: [path])
    assert [kept.get(), kept.get(), kept.get()] == [7, 7, 7]
    assert reads == [7]


def test_what_was_never_right_is_an_error_each_time(tmp_path: Path) -> None:
    path = tmp_path / "number"
    write(path, "x", 1)
    kept = LastGood(lambda: number(path), lambda: [path])
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="expected a number"):
            kept.get()
