"""The cookie, the tokens of forms, the key they are signed with, and sessions that have ended."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.config.secret import Secret
from anfl_assets.errors import UserError, WorkspaceError
from anfl_assets.pages.access.ended import Ended
from anfl_assets.pages.access.forms import Forms
from anfl_assets.pages.access.people import Role, User
from anfl_assets.pages.access.secret_key import secret_key
from anfl_assets.pages.access.sessions import Sessions
from tests.unit.pages.access.door import HASHES, Wound

_USER = User("ana", Role.OPERATOR, Secret(HASHES["ana"]))
_KEY = b"k" * 32


def _sessions(time: Wound, folder: Path, told: list[str] | None = None) -> Sessions:
    clock = time.clock()
    tell = print if told is None else told.append
    ended = Ended(folder / "ended.json", lambda: clock.now().timestamp(), tell)
    return Sessions(_KEY, clock.now, ended)


def test_a_cookie_opens_the_session_it_was_sealed_for(tmp_path: Path) -> None:
    sessions = _sessions(Wound(), tmp_path)
    session = sessions.begun(_USER)
    assert sessions.opened(sessions.sealed(session)) == session
    assert HASHES["ana"] not in sessions.sealed(session)


def test_a_session_ends_after_twelve_idle_hours_and_after_seven_days(tmp_path: Path) -> None:
    time = Wound()
    sessions = _sessions(time, tmp_path)
    session = sessions.begun(_USER)
    time.passed_s = 12 * 3_600 - 1
    assert sessions.opened(sessions.sealed(session)) is not None
    time.passed_s += 1
    assert sessions.opened(sessions.sealed(session)) is None
    time.passed_s = 7 * 86_400
    assert sessions.opened(sessions.sealed(replace(session, at=session.at + 7 * 86_400))) is None


def test_a_session_is_renewed_now_and_then(tmp_path: Path) -> None:
    time = Wound()
    sessions = _sessions(time, tmp_path)
    session = sessions.begun(_USER)
    time.passed_s = 299
    assert sessions.renewed(session) is None
    time.passed_s = 300
    assert sessions.renewed(session) == replace(session, at=session.at + 300)


def test_a_mark_changes_with_the_password_and_the_role(tmp_path: Path) -> None:
    sessions = _sessions(Wound(), tmp_path)
    marks = {
        sessions.mark(_USER),
        sessions.mark(replace(_USER, role=Role.VIEWER)),
        sessions.mark(replace(_USER, password_hash=Secret(HASHES["vic"]))),
    }
    assert len(marks) == 3


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_a_cookie_with_one_letter_changed_opens_nothing(place: int, letter: str) -> None:
    sessions = _sessions(Wound(), Path("/nonexistent"))
    cookie = sessions.sealed(replace(sessions.begun(_USER), key="a" * 22))
    at = place % len(cookie)
    forged = cookie[:at] + letter + cookie[at + 1 :]
    # The last letter of base64 has bits that mean nothing.
    assert forged[:-1] == cookie[:-1] or sessions.opened(forged) is None


@pytest.mark.parametrize("cookie", [None, "", ".", "a.b", "x" * 3_000, "eyJhIjoxfQ.abc", "\x00"])
def test_no_other_text_is_a_cookie(tmp_path: Path, cookie: str | None) -> None:
    assert _sessions(Wound(), tmp_path).opened(cookie) is None


def test_a_cookie_of_another_key_opens_nothing(tmp_path: Path) -> None:
    sessions = _sessions(Wound(), tmp_path)
    other = replace(sessions, secret=b"o" * 32)
    assert sessions.opened(other.sealed(other.begun(_USER))) is None
    assert sessions.cookie != other.cookie


def test_an_ended_session_stays_ended_over_a_new_start(tmp_path: Path) -> None:
    time = Wound()
    sessions = _sessions(time, tmp_path)
    session, another = sessions.begun(_USER), sessions.begun(_USER)
    sessions.end(session)
    for each in (sessions, _sessions(time, tmp_path)):
        assert each.opened(each.sealed(session)) is None
        assert each.opened(each.sealed(another)) is not None
    assert stat.S_IMODE((tmp_path / "ended.json").stat().st_mode) == 0o600


def test_ends_that_cannot_be_kept_hold_for_this_process(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "file").write_text("")
    sessions = _sessions(Wound(), tmp_path / "file", told)
    session = sessions.begun(_USER)
    sessions.end(session)
    assert sessions.opened(sessions.sealed(session)) is None
    assert "until the next start only" in told[-1]


def test_a_token_is_good_for_its_own_session_for_twelve_hours() -> None:
    time = Wound()
    forms = Forms(_KEY, time.clock().now)
    token = forms.token("mine")
    assert forms.is_right(token, "mine")
    assert not forms.is_right(token, "another's")
    assert not forms.is_right(token[:-2], "mine")
    assert not forms.is_right(None, "mine")
    assert not forms.is_right("x" * 1_000, "mine")
    assert forms.token("mine") != token
    time.passed_s = 12 * 3_600
    assert not forms.is_right(token, "mine")


def test_a_cookie_is_no_token(tmp_path: Path) -> None:
    time = Wound()
    sessions = _sessions(time, tmp_path)
    session = sessions.begun(_USER)
    assert not Forms(_KEY, time.clock().now).is_right(sessions.sealed(session), session.key)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: secret_key(tmp_path / "state", {}), range(8)))
    assert len(found) == 1
    assert len(found.pop()) == 64
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["pages.secret"]
    assert stat.S_IMODE((tmp_path / "state" / "pages.secret").stat().st_mode) == 0o600


def test_a_key_that_is_none_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "pages.secret").write_text("short")
    assert len(secret_key(tmp_path, {})) == 64
    assert secret_key(tmp_path, {}) == secret_key(tmp_path, {})


def test_the_environments_key_counts_first_and_must_be_long(tmp_path: Path) -> None:
    given_key = "0123456789abcdef0123456789abcdef"
    assert secret_key(tmp_path, {"ANFL_PAGES_SECRET": given_key}) == given_key.encode()
    with pytest.raises(UserError, match="found 5 characters; expected at least 32") as caught:
        secret_key(tmp_path, {"ANFL_PAGES_SECRET": "gnome"})
    assert "gnome" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_keeps_no_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="the pages' key cannot be kept there"):
        secret_key(tmp_path / "file", {})
