"""Who gets through the guard, who does not, and what each is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from anfl_assets.pages.access.headers import POLICY
from tests.unit.pages.access.door import (
    ANA,
    HASHES,
    HTML,
    PROXY,
    USERS,
    VIC,
    Door,
    basic,
    door,
    logged_in,
    token_of,
)


def test_this_machine_needs_no_login_but_a_token(tmp_path: Path) -> None:
    here = door(tmp_path, "", host="127.0.0.1")

    async def steps() -> None:
        async with here.client("127.0.0.1", "localhost:8400") as browser:
            page = await browser.get("/", headers=HTML)
            assert page.text.endswith("local operator")
            assert (await browser.post("/change")).status_code == 403
            changed = await browser.post("/change", headers={"X-CSRF-Token": token_of(page)})
            assert changed.status_code == 200

    asyncio.run(steps())


@pytest.mark.parametrize(
    ("host", "headers", "told"),
    [
        pytest.param("evil.example", {}, "ask for localhost or 127.0.0.1", id="rebound-name"),
        pytest.param("localhost", {"X-Forwarded-For": "192.0.2.1"}, "a proxy", id="behind-a-proxy"),
    ],
)
def test_without_a_login_only_this_machine_is_answered(
    tmp_path: Path, host: str, headers: dict[str, str], told: str
) -> None:
    here = door(tmp_path, "", host="127.0.0.1")

    async def steps() -> httpx.Response:
        async with here.client("127.0.0.1", host) as browser:
            return await browser.get("/", headers=headers)

    answer = asyncio.run(steps())
    assert answer.status_code == 403
    assert told in answer.json()["error"]
    assert here.reached == []


def test_elsewhere_nobody_is_answered_while_nobody_is_configured(tmp_path: Path) -> None:
    here = door(tmp_path, "")

    async def steps() -> int:
        async with here.client("127.0.0.1", "localhost") as browser:
            return (await browser.get("/")).status_code

    assert asyncio.run(steps()) == 403


def test_a_person_is_sent_to_the_login_and_a_program_told_how(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            page = await browser.get("/?days=7", headers=HTML)
            assert (page.status_code, page.headers["location"]) == (303, "/login?next=/%3Fdays%3D7")
            program = await browser.get("/api/status", headers=HTML)
            assert program.status_code == 401
            assert program.headers["www-authenticate"].startswith("Basic ")
            script = await browser.get("/api/status", headers={"Sec-Fetch-Mode": "cors"})
            assert script.headers["www-authenticate"].startswith("Session ")
            form = await browser.post("/change", headers=HTML)
            assert (form.status_code, form.headers["location"]) == (303, "/login")

    asyncio.run(steps())
    assert here.reached == []


def test_a_login_lets_in_and_a_logout_ends_every_copy_of_the_cookie(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser, here.client() as thief:
            assert (await logged_in(browser, "ana", ANA)).status_code == 303
            page = await browser.get("/", headers=HTML)
            assert page.text.endswith("ana operator")
            thief.cookies = httpx.Cookies(browser.cookies)
            assert (await thief.get("/")).status_code == 200
            given = {"csrf_token": token_of(page)}
            assert (await browser.post("/logout", data=given)).headers["location"] == "/login"
            assert (await browser.get("/")).status_code == 401
            assert (await thief.get("/")).status_code == 401

    asyncio.run(steps())


def test_the_cookie_is_new_with_the_login_and_closed_to_scripts(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            form = await browser.get("/login", headers=HTML)
            visitor = form.headers["set-cookie"]
            given = {"name": "ana", "password": ANA, "csrf_token": token_of(form)}
            answer = await browser.post("/login", data=given)
            session = answer.headers["set-cookie"]
            assert visitor.split(";")[0] != session.split(";")[0]
            for cookie in (visitor, session):
                assert "; HttpOnly" in cookie
                assert "SameSite=Lax" in cookie
                assert "Secure" not in cookie

    asyncio.run(steps())


def test_the_cookie_is_for_tls_alone_where_the_proxy_says_so(tmp_path: Path) -> None:
    here = door(tmp_path, USERS + "proxy: {from: 10.0.0.0/8}")

    async def steps() -> None:
        for peer, is_secure in (("10.0.0.1", True), ("192.0.2.1", False)):
            async with here.client(peer) as browser:
                headers = {**HTML, "X-Forwarded-Proto": "https"}
                cookie = (await browser.get("/login", headers=headers)).headers["set-cookie"]
                assert ("; Secure" in cookie) is is_secure

    asyncio.run(steps())


def test_wrong_passwords_and_unknown_names_are_told_alike_and_slowed_down(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        for name in ("ana", "nobody"):
            async with here.client(f"192.0.2.{len(name)}") as browser:
                answers = [await logged_in(browser, name, "a wrong guess") for _ in range(7)]
                assert [each.status_code for each in answers] == [401] * 5 + [429] * 2
                assert "The name or the password is wrong." in answers[0].text
                assert f"name={name}" in answers[0].text
                assert "wrong guess" not in answers[0].text
                assert answers[-1].headers["retry-after"] == "10"
                assert "try again in 10 s" in answers[-1].text
        async with here.client("192.0.2.9") as browser:
            assert (await logged_in(browser, "ana", ANA)).status_code == 303

    asyncio.run(steps())


def test_the_right_password_does_not_shine_through_a_wait(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            assert (await browser.get("/", headers=basic("ana", ANA))).status_code == 200
            for _ in range(5):
                await browser.get("/", headers=basic("ana", "a wrong guess"))
            assert (await browser.get("/", headers=basic("ana", ANA))).status_code == 429
            here.time.passed_s = 10
            assert (await browser.get("/", headers=basic("ana", ANA))).status_code == 200

    asyncio.run(steps())


def test_many_guesses_at_once_are_many(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> list[int]:
        async with here.client() as browser:
            guesses = [browser.get("/", headers=basic("ana", f"guess {n}")) for n in range(30)]
            return [answer.status_code for answer in await asyncio.gather(*guesses)]

    answers = asyncio.run(steps())
    assert sorted(answers) == [401] * 5 + [429] * 25


def test_a_programs_requests_at_once_are_no_guesses(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> set[int]:
        async with here.client() as browser:
            asked = [browser.get("/", headers=basic("vic", VIC)) for _ in range(100)]
            return {answer.status_code for answer in await asyncio.gather(*asked)}

    assert asyncio.run(steps()) == {200}


def test_a_viewer_reads_and_changes_nothing(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            await logged_in(browser, "vic", VIC)
            page = await browser.get("/", headers=HTML)
            assert page.text.endswith("vic viewer")
            here.reached.clear()
            headers = {"X-CSRF-Token": token_of(page)}
            for method in ("POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "get"):
                answer = await browser.request(method, "/change", headers=headers)
                assert answer.status_code in {403, 405}, method
            answer = await browser.post("/change", headers={**headers, **HTML})
            assert "refusal.html.jinja" in answer.text
            assert "only operators acknowledge and silence; you are vic, a viewer" in answer.text
            program = await browser.post("/change", headers=basic("vic", VIC))
            assert program.status_code == 403

    asyncio.run(steps())
    assert here.reached == []


def test_behind_a_proxy_alone_there_is_no_login(tmp_path: Path) -> None:
    here = door(tmp_path, PROXY)

    async def steps() -> None:
        async with here.client() as browser:
            for path in ("/", "/login"):
                answer = await browser.get(path, headers=HTML)
                assert answer.status_code == 401
                assert "turned_away.html.jinja" in answer.text
                assert "reached through the proxy" in answer.text

    asyncio.run(steps())


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(USERS.replace(HASHES["ana"], HASHES["vic"]), id="password"),
        pytest.param(USERS.replace("operator", "viewer"), id="role"),
        pytest.param(USERS.replace("ana:", "bo:"), id="gone"),
    ],
)
def test_an_edit_of_a_user_ends_their_sessions_and_no_others(tmp_path: Path, edit: str) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as ana, here.client() as vic:
            await logged_in(ana, "ana", ANA)
            await logged_in(vic, "vic", VIC)
            here.write("users: [")
            assert (await ana.get("/")).status_code == 200
            here.write(edit)
            assert (await ana.get("/")).status_code == 401
            assert (await vic.get("/")).status_code == 200

    asyncio.run(steps())
    assert any("said before holds" in line for line in here.told)


def test_a_stream_ends_with_its_session(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> list[str]:
        seen: list[str] = []
        async with here.client() as browser:
            await logged_in(browser, "ana", ANA)
            await _streamed(here, browser, seen)
        return seen

    assert asyncio.run(steps()) == ["http.response.start", "data: 0\n\n", ""]


async def _streamed(here: Door, browser: httpx.AsyncClient, seen: list[str]) -> None:
    """Ask for the stream past httpx, which waits for its end; log out after the first event."""
    over = asyncio.Event()
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    async def receive() -> dict[str, str]:
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
        seen.append(message["body"].decode() if "body" in message else message["type"])
        if "body" in message:
            here.write(USERS.replace("ana:", "bo:"))
            if not message.get("more_body"):
                over.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/stream",
        "query_string": b"",
        "headers": [(b"cookie", cookie.encode()), (b"host", b"pages.example")],
        "client": ("192.0.2.7", 1),
        "asgi": {"spec_version": "2.3"},
    }
    await here.app(scope, receive, send)


@pytest.mark.parametrize("path", ["/", "/login", "/fails", "/nowhere", "/stream", "/logout"])
def test_every_answer_has_the_headers(tmp_path: Path, path: str) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            for headers in ({}, HTML, basic("ana", ANA), basic("ana", "a wrong guess")):
                answer = await browser.get(path, headers=headers)
                assert answer.headers["content-security-policy"] == POLICY
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["referrer-policy"] == "same-origin"
                assert answer.headers["cache-control"] == "no-store"

    asyncio.run(steps())


def test_a_websocket_is_not_let_in(tmp_path: Path) -> None:
    here, sent = door(tmp_path, USERS), list[Any]()

    async def steps() -> None:
        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
            sent.append(message)

        await here.app({"type": "websocket", "path": "/"}, _nothing, send)

    asyncio.run(steps())
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def _nothing() -> dict[str, str]:
    return {"type": "websocket.connect"}
