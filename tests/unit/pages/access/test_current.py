"""`access.yaml` while the pages are served: edits count, faulty ones change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from anfl_assets.pages.access.current import CurrentAccess
from anfl_assets.pages.access.read_access import AccessError
from tests.unit.pages.access.door import PROXY, USERS


def _written(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def test_an_edit_counts_at_once_and_is_told(tmp_path: Path) -> None:
    path, told = tmp_path / "access.yaml", list[str]()
    _written(path, USERS)
    current = CurrentAccess(path, told.append)
    assert current() is current()
    assert told == []
    _written(path, USERS + PROXY)
    assert current().proxy is not None
    assert told == [f"{path}: read again; 2 users"]


def test_a_faulty_edit_keeps_the_last_good_one_and_is_told_once(tmp_path: Path) -> None:
    path, told = tmp_path / "access.yaml", list[str]()
    _written(path, USERS)
    current = CurrentAccess(path, told.append)
    before = current()
    _written(path, "users: [hunter2")
    assert [current() for _ in range(3)] == [before] * 3
    assert len(told) == 1
    assert "what access.yaml said before holds" in told[0]
    assert "hunter2" not in told[0]
    assert current.fault
    _written(path, USERS)
    assert current() == before
    assert current.fault == ""


@pytest.mark.parametrize("text", ["", "# nothing"])
def test_an_empty_file_opens_no_door(tmp_path: Path, text: str) -> None:
    path = tmp_path / "access.yaml"
    _written(path, USERS)
    current = CurrentAccess(path, print)
    _written(path, text)
    assert not current().is_open


def test_a_file_that_has_gone_opens_no_door(tmp_path: Path) -> None:
    path, told = tmp_path / "access.yaml", list[str]()
    _written(path, USERS)
    current = CurrentAccess(path, told.append)
    path.unlink()
    assert set(current().users) == {"ana", "vic"}
    assert "has gone" in told[0]


def test_a_first_file_closes_the_door(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    current = CurrentAccess(path, print)
    assert current().is_open
    _written(path, USERS)
    assert not current().is_open


def test_a_first_file_with_a_fault_is_not_begun_with(tmp_path: Path) -> None:
    _written(tmp_path / "access.yaml", "users: 1")
    with pytest.raises(AccessError):
        CurrentAccess(tmp_path / "access.yaml", print)


def test_a_file_that_everybody_may_read_is_told_of(tmp_path: Path) -> None:
    path, told = tmp_path / "access.yaml", list[str]()
    path.write_text(USERS)
    path.chmod(0o644)
    CurrentAccess(path, told.append)
    assert told == [f"{path}: everybody on this machine may read it; `chmod 600 {path}`"]
