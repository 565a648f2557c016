"""`anfl users` changes the lines of one user and leaves everything else as people wrote it."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.errors import UserError
from anfl_assets.pages.access.people import Role
from anfl_assets.pages.access.private_file import exposure, write_private
from anfl_assets.pages.access.read_access import AccessError, read_access
from anfl_assets.pages.access.write_access import edited, put_user, remove_user
from tests.unit.pages.access.door import HASHES

_HASH = HASHES["ana"]
_WRITTEN = f"""\
# Who sees the pages. Ask Olga before you add an operator.
proxy:
  from: [127.0.0.1]   # nginx
users:
    # On call until June.
    ana:
        password_hash: "{_HASH}"
        role: operator  # agreed 2026-03-01
    # Reads on the wall.
    wall: {{password_hash: "{_HASH}"}}
# The end.
"""


def test_a_first_user_makes_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "access.yaml"
    assert put_user(path, "ana", password_hash=_HASH, role=Role.OPERATOR)
    assert read_access(path).users["ana"].role is Role.OPERATOR
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["access.yaml"]


def test_adding_keeps_every_other_line(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(_WRITTEN)
    assert put_user(path, "bo", password_hash=_HASH, role=Role.VIEWER)
    lines = path.read_text().splitlines()
    assert [line for line in lines if '"bo"' not in line] == _WRITTEN.splitlines()
    assert set(read_access(path).users) == {"ana", "bo", "wall"}


def test_a_new_password_replaces_a_users_lines_and_no_comment_of_others(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(_WRITTEN)
    assert not put_user(path, "ana", password_hash=HASHES["vic"], role=Role.VIEWER)
    assert read_access(path).users["ana"].password_hash.text == HASHES["vic"]
    assert "# Reads on the wall." in path.read_text()
    assert "# On call until June." in path.read_text()


def test_removing_keeps_the_others_and_the_proxy(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(_WRITTEN)
    remove_user(path, "ana")
    assert list(read_access(path).users) == ["wall"]
    remove_user(path, "wall")
    assert not read_access(path).users
    assert read_access(path).proxy is not None
    assert put_user(path, "cy", password_hash=_HASH, role=Role.VIEWER)
    assert list(read_access(path).users) == ["cy"]
    assert "# Who sees the pages." in path.read_text()


def test_removing_nobody_says_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(_WRITTEN)
    with pytest.raises(UserError, match="no user of that name; there are: ana, wall"):
        remove_user(path, "bo")


@pytest.mark.parametrize("name", ["", "-x", "a:b", "a b", "x" * 65, "a\nb", "ä"])
def test_a_name_that_a_header_could_not_carry_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="expected a name of up to 64"):
        put_user(tmp_path / "access.yaml", name, password_hash=_HASH, role=Role.VIEWER)


def test_users_on_one_line_are_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(f"users: {{ana: {{password_hash: '{_HASH}'}}}}")
    before = path.read_text()
    with pytest.raises(UserError, match="line of its own"):
        put_user(path, "bo", password_hash=_HASH, role=Role.VIEWER)
    assert path.read_text() == before


def test_a_faulty_file_is_not_made_worse(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text("users: [")
    with pytest.raises(AccessError):
        put_user(path, "bo", password_hash=_HASH, role=Role.VIEWER)
    assert path.read_text() == "users: ["


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("")
    (tmp_path / "access.yaml").symlink_to("elsewhere.yaml")
    write_private(tmp_path / "access.yaml", "x")
    assert (tmp_path / "access.yaml").is_symlink()
    assert (tmp_path / "elsewhere.yaml").read_text() == "x"


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0o600, None),
        (0o640, None),
        (0o644, "everybody on this machine may read it"),
        (0o660, "others of this machine may change it"),
    ],
)
def test_a_file_that_others_may_read_is_told_of(
    tmp_path: Path, mode: int, told: str | None
) -> None:
    path = tmp_path / "access.yaml"
    path.write_text("")
    path.chmod(mode)
    found = exposure(path)
    assert found is None if told is None else found is not None and told in found


_NAMES = st.text(string.ascii_letters + string.digits + "._@+-", min_size=1, max_size=8).filter(
    lambda name: name[0].isalnum()
)


@given(st.lists(st.tuples(_NAMES, st.booleans()), max_size=12))
def test_the_file_names_who_was_added_and_not_removed(steps: list[tuple[str, bool]]) -> None:
    text, expected = "# Who comes in.\nproxy:\n  from: 127.0.0.1\n", dict[str, int]()
    for number, (name, is_added) in enumerate(steps):
        if is_added:
            text, expected[name] = edited(text, name, f'"{name}": {number}'), number
        elif name in expected:
            text = edited(text, name, None)
            del expected[name]
        assert (yaml.safe_load(text).get("users") or {}) == expected
        assert text.startswith("# Who comes in.\nproxy:\n  from: 127.0.0.1\n")
