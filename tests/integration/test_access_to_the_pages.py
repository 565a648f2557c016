"""Who gets into the pages through a real server: people, programs, proxies, and nobody else."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from anfl_assets.cli.main import anfl, invoke
from anfl_assets.pages.access.headers import POLICY
from anfl_assets.pages.access.passwords import hashed
from tests.integration.served_pages import HTML, Served, served

_PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
_ACKNOWLEDGE = "/api/v1/incidents/1/acknowledge"
_PROXY = "proxy: {header: X-Forwarded-User, from: [127.0.0.2], operators: [ana]}\n"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"|name="csrf-token" content="([^"]+)"')


@pytest.fixture(scope="module")
def users() -> str:
    """Return an operator and a viewer with one password, hashed as in life."""
    found = hashed(_PASSWORD)
    return (
        f'users:\n  ana: {{password_hash: "{found}", role: operator}}\n'
        f'  vic: {{password_hash: "{found}"}}\n'
    )


@pytest.fixture(scope="module")
def _pages(tmp_path_factory: pytest.TempPathFactory, users: str) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("data"), users) as pages:
        yield pages


@pytest.fixture
def pages(_pages: Served, users: str) -> Iterator[Served]:
    """Yield pages with two users, whatever the test before has done to them."""
    _pages.write(users)
    _pages.gate.attempts._failures.clear()
    yield _pages
    _pages.told.clear()


def _token(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    assert found is not None, page.text
    return found[1] or found[2]


def _log_in(
    browser: httpx.Client, name: str = "ana", password: str = _PASSWORD, after: str = "/"
) -> httpx.Response:
    form = browser.get("/login", params={"next": after}, headers=HTML)
    given = {"name": name, "password": password, "next": after, "csrf_token": _token(form)}
    return browser.post("/login", data=given, headers=HTML)


def test_a_person_logs_in_reads_and_logs_out(pages: Served) -> None:
    with pages.browser() as browser:
        sent = browser.get("/technical?range=7d", headers=HTML)
        assert sent.status_code == 303
        form = browser.get(sent.headers["location"], headers=HTML)
        assert "<h1>Log in</h1>" in form.text
        assert 'value="/technical?range=7d"' in form.text
        answer = _log_in(browser, after="/technical?range=7d")
        assert (answer.status_code, answer.headers["location"]) == (303, "/technical?range=7d")
        page = browser.get("/", headers=HTML)
        assert page.status_code == 200
        assert "ana · operator" in page.text
        out = browser.post("/logout", data={"csrf_token": _token(page)}, headers=HTML)
        assert out.headers["location"] == "/login"
        assert browser.get("/", headers=HTML).status_code == 303


def test_a_wrong_password_is_said_without_saying_which_is_wrong(pages: Served) -> None:
    with pages.browser() as browser:
        wrong = _log_in(browser, "ana", "another guess")
        unknown = _log_in(browser, "nobody", "another guess")
    for answer in (wrong, unknown):
        assert answer.status_code == 401
        assert "The name or the password is wrong." in answer.text
        assert "another guess" not in answer.text


def test_guessing_locks_the_guesser_out_and_not_the_person(pages: Served) -> None:
    with pages.browser("127.0.0.3") as guesser, pages.browser("127.0.0.4") as person:
        codes = [_log_in(guesser, "ana", f"guess number {n}").status_code for n in range(6)]
        assert codes == [401] * 5 + [429]
        locked = _log_in(guesser)
        assert locked.status_code == 429
        assert 1 <= int(locked.headers["retry-after"]) <= 10
        assert _log_in(person).status_code == 303


def test_an_unknown_name_takes_about_as_long_as_a_known_one(pages: Served) -> None:
    def seconds(name: str) -> float:
        with pages.browser(f"127.0.1.{len(name)}") as browser:
            before = time.monotonic()
            _log_in(browser, name, "another guess")
            return time.monotonic() - before

    seconds("vic")
    assert seconds("nobody") > seconds("ana") / 20


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_login_leads_to_no_other_site(pages: Served, address: str) -> None:
    with pages.browser() as browser:
        assert _log_in(browser, after=address).headers["location"] == "/"


def test_a_viewer_may_not_acknowledge(pages: Served) -> None:
    with pages.browser() as browser:
        _log_in(browser, "vic")
        page = browser.get("/", headers=HTML)
        assert page.status_code == 200
        answer = browser.post(
            _ACKNOWLEDGE, json={"by": "vic"}, headers={"X-CSRF-Token": _token(page)}
        )
        assert answer.status_code == 403
        assert "only operators acknowledge" in answer.json()["error"]
        basic = browser.post(_ACKNOWLEDGE, json={"by": "v"}, auth=("vic", _PASSWORD))
        assert basic.status_code == 403


def test_an_operator_needs_a_token_in_a_browser_and_none_in_a_program(pages: Served) -> None:
    with pages.browser() as browser, pages.browser() as program:
        _log_in(browser)
        assert browser.post(_ACKNOWLEDGE, json={"by": "ana"}).status_code == 403
        token = {"X-CSRF-Token": _token(browser.get("/", headers=HTML))}
        allowed = browser.post(_ACKNOWLEDGE, json={"by": "ana"}, headers=token)
        assert allowed.status_code not in {401, 403}  # there is no such incident
        evil = {**token, "Origin": "http://evil.example"}
        assert browser.post(_ACKNOWLEDGE, json={"by": "ana"}, headers=evil).status_code == 403
        asked = program.post(_ACKNOWLEDGE, json={"by": "ana"}, auth=("ana", _PASSWORD))
        assert asked.status_code == allowed.status_code


def test_a_cookie_that_was_tampered_with_is_nobodys(pages: Served) -> None:
    with pages.browser() as browser:
        _log_in(browser)
        (name,) = browser.cookies
        cookie = browser.cookies[name]
    # Not its last character: of that, four letters say the same to base64.
    changed = cookie[:-5] + ("A" if cookie[-5] != "A" else "B") + cookie[-4:]
    for forged in (changed, cookie[1:], "", "x.y"):
        answer = httpx.get(pages.url, headers={**HTML, "Cookie": f"{name}={forged}"}, timeout=60)
        assert answer.status_code == 303


def test_only_the_trusted_proxy_says_who_somebody_is(pages: Served, users: str) -> None:
    pages.write(users + _PROXY)
    said = {"X-Forwarded-User": "ana", "X-Forwarded-For": "127.0.0.2", **HTML}
    with pages.browser("127.0.0.2") as proxy, pages.browser("127.0.0.5") as stranger:
        page = proxy.get("/", headers=said)
        assert page.status_code == 200
        assert "Log out" not in page.text
        assert stranger.get("/", headers=said).status_code == 303
        assert proxy.post(_ACKNOWLEDGE, headers=said).status_code == 403
        token = {"X-CSRF-Token": _token(page)}
        done = proxy.post(_ACKNOWLEDGE, json={"by": "ana"}, headers={**said, **token})
        assert done.status_code not in {401, 403}


def test_this_machine_is_let_in_without_a_login_unless_its_name_is_bent(tmp_path: Path) -> None:
    with served(tmp_path, host="127.0.0.1") as pages, pages.browser() as browser:
        assert browser.get("/", headers=HTML).status_code == 200
        rebound = browser.get("/", headers={**HTML, "Host": "evil.example"})
        assert rebound.status_code == 403
        assert "ask for localhost or 127.0.0.1" in rebound.text
        assert browser.post(_ACKNOWLEDGE, json={"by": "olga"}).status_code == 403


def test_an_edit_counts_at_once_and_a_broken_one_not_at_all(pages: Served, users: str) -> None:
    with pages.browser() as ana, pages.browser() as vic:
        _log_in(ana)
        _log_in(vic, "vic")
        pages.write("users: {ana: [")
        assert ana.get("/api/v1/status").status_code != 401
        assert "what access.yaml said before holds" in pages.told[-1]
        another = hashed("another long password")
        lines = users.splitlines()
        pages.write("\n".join([lines[0], re.sub(r'"[^"]+"', f'"{another}"', lines[1]), lines[2]]))
        assert ana.get("/", headers=HTML).status_code == 303
        assert vic.get("/", headers=HTML).status_code == 200
        assert _log_in(ana, "ana", "another long password").status_code == 303


def test_a_live_stream_ends_with_the_session(pages: Served, users: str) -> None:
    with pages.browser() as browser:
        _log_in(browser)
        with browser.stream("GET", "/live/technical") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["content-security-policy"] == POLICY
            lines = stream.iter_lines()
            next(lines)
            pages.write(users.replace("ana:", "bo:"))
            for _ in lines:
                pass  # it would not end by itself: the next event, within seconds, ends it


@pytest.mark.parametrize(
    "path", ["/", "/login", "/executive", "/nowhere", "/api/v1/status", "/assets/x/y", "/logout"]
)
def test_every_answer_has_the_headers(pages: Served, path: str) -> None:
    with pages.browser() as browser:
        before = [browser.get(path, headers=HTML), browser.put(path)]
        _log_in(browser)
        for answer in (*before, browser.get(path, headers=HTML), browser.delete(path)):
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert "cache-control" in answer.headers


def test_a_host_that_is_none_breaks_nothing(pages: Served) -> None:
    with pages.browser() as browser:
        for path, code in (("/", 303), ("/login", 200), ("/assets/x/y", 404)):
            assert browser.get(path, headers={**HTML, "Host": "[::1"}).status_code == code


def test_strangers_see_the_door_and_nothing_of_the_house(pages: Served) -> None:
    with pages.browser() as browser:
        assert browser.get("/health").text == "ok\n"
        for path in ("/login", "/assets/x/y"):
            page = browser.get(path, headers=HTML)
            assert "<nav" not in page.text
            assert "<script" not in page.text


def test_a_program_with_its_password_asks_a_hundred_times_at_once(pages: Served) -> None:
    codes: list[int] = []

    def ask() -> None:
        with pages.browser(auth=("vic", _PASSWORD)) as program:
            codes.extend(program.get("/api/v1/openapi.json").status_code for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(codes) == 100
    assert not {401, 403, 429} & set(codes)


def test_serving_others_is_refused_until_somebody_may_come_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve = ["serve", "--host", "0.0.0.0", "--data-dir", str(tmp_path)]  # noqa: S104
    assert invoke(serve) == 2
    told = capsys.readouterr().err
    assert f"anfl users add NAME --role operator --data-dir {tmp_path}" in told
    assert "proxy: {header: X-Forwarded-User, from: [127.0.0.1], operators: [NAME]}" in told
    add = ["users", "add", "ana", "--password-stdin", "--data-dir", str(tmp_path)]
    assert CliRunner().invoke(anfl, add, input=_PASSWORD).exit_code == 0
    (tmp_path / "access.yaml").write_text("users: 1")
    assert invoke(serve) == 2
    assert "users: found something else" in capsys.readouterr().err
