"""`access.yaml` is read with every fault at once, and repeats no secret in any of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.pages.access.people import Access, Role, Viewer
from anfl_assets.pages.access.read_access import AccessError, read_access
from tests.unit.pages.access.door import HASHES, PROXY, USERS


def _read(folder: Path, text: str) -> Access:
    (folder / "access.yaml").write_text(text)
    return read_access(folder / "access.yaml")


def _faults(folder: Path, text: str) -> str:
    with pytest.raises(AccessError) as caught:
        _read(folder, text)
    return str(caught.value)


def test_without_a_file_nobody_is_named(tmp_path: Path) -> None:
    access = read_access(tmp_path / "access.yaml")
    assert access.is_open
    assert not access.has_entrance


def test_users_have_a_role_and_a_hash_that_does_not_show(tmp_path: Path) -> None:
    access = _read(tmp_path, USERS)
    assert {name: user.role for name, user in access.users.items()} == {
        "ana": Role.OPERATOR,
        "vic": Role.VIEWER,
    }
    assert access.users["ana"].password_hash.text == HASHES["ana"]
    assert HASHES["ana"] not in repr(access)


def test_a_proxy_is_believed_at_its_addresses_and_names_operators(tmp_path: Path) -> None:
    proxy = _read(tmp_path, PROXY).proxy
    assert proxy is not None
    assert proxy.header == "x-forwarded-user"
    assert [proxy.is_at(each) for each in ("10.1.2.3", "::ffff:10.1.2.3")] == [True, True]
    assert [proxy.is_at(each) for each in ("11.0.0.1", "::1", "ten", None)] == [False] * 4
    assert proxy.viewer("ana") == Viewer("ana", Role.OPERATOR, "proxy")
    assert proxy.viewer("vic") == Viewer("vic", Role.VIEWER, "proxy")


def test_a_proxy_that_names_nobody_is_no_entrance(tmp_path: Path) -> None:
    access = _read(tmp_path, "proxy: {from: 127.0.0.1}")
    assert not access.is_open
    assert not access.has_entrance


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = _faults(
        tmp_path,
        """\
user: {}
users:
  ana: {password: x, role: admin}
  "a:b": {}
proxy:
  header: Cookie
  from: [10.0.0.0/33, 0.0.0.0/0]
  default_role: operators
""",
    )
    assert "user: found an unknown key; expected one of users, proxy; did you mean 'users'?" in told
    assert "users.ana.password: found an unknown key" in told
    assert "users.ana.role" in told
    assert "expected one of viewer, operator" in told
    assert "users.ana.password_hash: found nothing; expected an argon2id hash; `anfl users" in told
    assert "users: found a name that is none" in told
    assert "proxy.header: found 'Cookie'; expected a header that only the proxy sets" in told
    assert "proxy.from[0]: found 10.0.0.0/33" in told
    assert "proxy.from[1]: found 0.0.0.0/0; expected the proxy alone" in told
    assert "did you mean 'operator'?" in told


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("users: hunter2hunter2", id="users-is-a-text"),
        pytest.param("users: [{name: ana, password: hunter2hunter2}]", id="users-is-a-list"),
        pytest.param("users: {ana: hunter2hunter2}", id="a-user-is-a-password"),
        pytest.param("users: {ana: [hunter2hunter2]}", id="a-user-is-a-list"),
        pytest.param("users: {ana: {password_hash: hunter2hunter2}}", id="no-hash"),
        pytest.param("users: {ana: {password_hash: [hunter2hunter2]}}", id="a-list-for-a-hash"),
        pytest.param("users: {ana: {password_hash: {hunter2hunter2: 1}}}", id="a-map-for-a-hash"),
        pytest.param("users: {ana: {role: hunter2hunter2}}", id="a-password-for-a-role"),
        pytest.param("users: {'hunter2 hunter2': {}}", id="a-password-for-a-name"),
    ],
)
def test_no_fault_repeats_what_may_be_a_password(tmp_path: Path, text: str) -> None:
    assert "hunter2" not in _faults(tmp_path, text)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param("$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", id="argon2i"),
        pytest.param("$2b$12$abcdefghijklmnopqrstuv", id="bcrypt"),
        pytest.param(
            "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", id="greedy"
        ),
    ],
)
def test_another_kind_of_hash_is_a_fault(tmp_path: Path, found: str) -> None:
    told = _faults(tmp_path, f"users: {{ana: {{password_hash: '{found}'}}}}")
    assert "users.ana.password_hash: found something else (not shown)" in told


def test_a_key_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    assert "stands twice" in _faults(tmp_path, "users: {ana: {}, ana: {}}")


@given(st.text(max_size=60))
def test_no_address_but_an_ip_address_is_at_the_proxy(text: str) -> None:
    from ipaddress import ip_network

    from anfl_assets.pages.access.people import Proxy

    proxy = Proxy((ip_network("203.0.113.0/24"),))
    assert not proxy.is_at(text) or text.strip("0123456789.:abcdefABCDEF") == ""
