"""`anfl users`: passwords come in unseen, and what people wrote in access.yaml stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anfl_assets.cli.main import anfl, invoke
from anfl_assets.pages.access import passwords
from anfl_assets.pages.access.people import Role
from anfl_assets.pages.access.read_access import read_access
from tests.unit.pages.access.door import ANA, CHEAP, PROXY, USERS


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", lambda: CHEAP)


def _users(folder: Path, *arguments: str, given: str = "") -> Result:
    command = ["users", *arguments, "--data-dir", str(folder)]
    return CliRunner().invoke(anfl, command, input=given)


def test_a_user_is_added_from_standard_input(tmp_path: Path) -> None:
    result = _users(
        tmp_path, "add", "ana", "--role", "operator", "--password-stdin", given=f"{ANA}\n"
    )
    assert result.output == f"ana, operator: may come in ({tmp_path}/access.yaml)\n"
    user = read_access(tmp_path / "access.yaml").users["ana"]
    assert user.role is Role.OPERATOR
    assert passwords.matches(user.password_hash.text, ANA)
    assert (tmp_path / "access.yaml").stat().st_mode & 0o777 == 0o600


def test_a_new_password_keeps_the_role(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text(USERS)
    result = _users(tmp_path, "add", "ana", "--password-stdin", given="another long password")
    assert "ana, operator: has a new password; their sessions have ended" in result.output
    assert set(read_access(tmp_path / "access.yaml").users) == {"ana", "vic"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "found nothing; expected the password on one line"),
        ("too short\n", "a password has 12 to 1,024 characters; this one has 9"),
        ("x" * 5_000, "this one has 2,000"),
    ],
)
def test_a_password_that_is_none_is_said_and_not_shown(
    tmp_path: Path, given: str, told: str
) -> None:
    result = _users(tmp_path, "add", "ana", "--password-stdin", given=given)
    assert told in str(result.exception)
    assert given == "" or given.strip() not in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_the_password_must_come_from_standard_input(tmp_path: Path) -> None:
    result = _users(tmp_path, "add", "ana", given=f"{ANA}\n{ANA}\n")
    assert "give the password with --password-stdin" in str(result.exception)


def test_a_password_cannot_be_an_argument(tmp_path: Path) -> None:
    assert invoke(["users", "add", "ana", ANA, "--data-dir", str(tmp_path)]) == 2


def test_a_name_that_is_none_is_said_before_the_password_is_asked_for(tmp_path: Path) -> None:
    result = _users(tmp_path, "add", "a:b")
    assert "expected a name of up to 64 letters" in str(result.exception)


def test_users_are_listed_without_their_hashes(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text(USERS)
    told = _users(tmp_path, "list").output
    assert [line.split() for line in told.splitlines() if "ana" in line or "vic" in line] == [
        ["ana", "operator"],
        ["vic", "viewer"],
    ]
    as_json = _users(tmp_path, "list", "--json").output
    assert json.loads(as_json)[0] == {"name": "ana", "role": "operator"}
    assert "argon2" not in told + as_json


def test_nobody_is_listed_where_there_is_nobody(tmp_path: Path) -> None:
    assert "for this machine alone" in _users(tmp_path, "list").output
    assert json.loads(_users(tmp_path, "list", "--json").output) == []


def test_removing_the_last_says_what_that_means(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text("users:\n" + USERS.splitlines()[1] + "\n")
    told = _users(tmp_path, "remove", "ana").output
    assert "ana: may not come in any more" in told
    assert "nobody is left" in told
    assert "no user of that name" in str(_users(tmp_path, "remove", "ana").exception)


def test_a_check_says_who_may_come_in_and_which_way(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(USERS + PROXY)
    path.chmod(0o644)
    told = _users(tmp_path, "check").output
    assert told.splitlines() == [
        "users    2, 1 of them operators",
        "proxy    x-forwarded-user, from 10.0.0.0/8",
        "listens  any address",
        f"warning  {path}: everybody on this machine may read it; `chmod 600 {path}`",
    ]
    assert json.loads(_users(tmp_path, "check", "--json").output)["may_listen_anywhere"] is True


def test_a_faulty_file_is_the_persons_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "access.yaml").write_text("users: {ana: hunter2hunter2}")
    assert invoke(["users", "check", "--data-dir", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "users.ana: found something else (not shown); expected a mapping" in told
    assert "hunter2" not in told
