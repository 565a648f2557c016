"""A change needs proof that a page of ours sends it, or a program that brings its password."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from tests.unit.pages.access.door import (
    ANA,
    HTML,
    PROXY,
    USERS,
    Door,
    basic,
    door,
    logged_in,
    token_of,
)


async def _change(here: Door, browser: httpx.AsyncClient, **request: Any) -> int:  # noqa: ANN401
    """Return the answer's code to a change, and see that it changed something with 200 only."""
    here.reached.clear()
    code = (await browser.post("/change", **request)).status_code
    assert bool(here.reached) is (code == 200)
    return code


def test_a_change_needs_a_token_of_this_session(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser, here.client() as other:
            await logged_in(browser, "ana", ANA)
            await logged_in(other, "ana", ANA)
            mine = token_of(await browser.get("/", headers=HTML))
            theirs = token_of(await other.get("/", headers=HTML))
            assert await _change(here, browser) == 403
            assert await _change(here, browser, headers={"X-CSRF-Token": "wrong"}) == 403
            assert await _change(here, browser, headers={"X-CSRF-Token": theirs}) == 403
            assert await _change(here, browser, params={"csrf_token": mine}) == 403
            assert await _change(here, browser, json={"csrf_token": mine}) == 403
            assert await _change(here, browser, data={"csrf_token": [theirs, mine]}) == 403
            assert await _change(here, browser, data={"csrf_token": mine, "x": "y" * 70_000}) == 413
            assert await _change(here, browser, headers={"X-CSRF-Token": mine}) == 200
            evil = {"Origin": "http://evil.example"}
            assert await _change(here, browser, headers={"X-CSRF-Token": mine, **evil}) == 403
            here.time.passed_s = 11 * 3_600
            await browser.get("/", headers=HTML)
            here.time.passed_s = 12 * 3_600 + 1
            assert await _change(here, browser, headers={"X-CSRF-Token": mine}) == 403

    asyncio.run(steps())


def test_a_forms_body_arrives_whole_after_its_token_was_read(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> str:
        async with here.client() as browser:
            await logged_in(browser, "ana", ANA)
            token = token_of(await browser.get("/", headers=HTML))
            return (await browser.post("/change", data={"a": "ä", "csrf_token": token})).text

    assert "a=%C3%A4&csrf_token=" in asyncio.run(steps())


def test_a_token_from_before_the_login_is_none_after_it(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> int:
        async with here.client() as browser:
            before = token_of(await browser.get("/login", headers=HTML))
            await logged_in(browser, "ana", ANA)
            return await _change(here, browser, headers={"X-CSRF-Token": before})

    assert asyncio.run(steps()) == 403


def test_a_program_with_its_password_needs_no_token_but_a_browser_does(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            ana = basic("ana", ANA)
            assert await _change(here, browser, headers=ana) == 200
            assert await _change(here, browser, headers={**ana, "Cookie": "x=1"}) == 403
            for strange in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                assert await _change(here, browser, headers={**ana, **strange}) == 403

    asyncio.run(steps())


def test_a_login_form_of_a_stranger_logs_nobody_in(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as browser:
            answer = await browser.post("/login", data={"name": "ana", "password": ANA})
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers

    asyncio.run(steps())


def test_the_trusted_proxy_says_who_somebody_is_and_nobody_else_does(tmp_path: Path) -> None:
    here = door(tmp_path, USERS + PROXY)

    async def steps() -> None:
        said = {"X-Forwarded-User": "ana"}
        async with here.client("10.1.2.3") as proxy:
            page = await proxy.get("/", headers={**said, **HTML})
            assert page.text.endswith("ana operator")
            assert (await proxy.get("/", headers={"X-Forwarded-User": "bo"})).text.endswith(
                "bo viewer"
            )
            assert (await proxy.get("/")).status_code == 401
            twice = [("X-Forwarded-User", "vic"), ("X-Forwarded-User", "ana")]
            assert (await proxy.get("/", headers=twice)).status_code == 401
            for odd in ("", "a\x01b", "x" * 201, "\xff"):
                raw = [(b"X-Forwarded-User", odd.encode("latin-1"))]
                assert (await proxy.get("/", headers=raw)).status_code == 401, odd
            assert await _change(here, proxy, headers=said) == 403
            token = {"X-CSRF-Token": token_of(page)}
            assert await _change(here, proxy, headers={**said, **token}) == 200
            bos = {"X-Forwarded-User": "bo", **token}
            assert await _change(here, proxy, headers=bos) == 403
        async with here.client("192.0.2.1") as stranger:
            assert (await stranger.get("/", headers=said)).status_code == 401

    asyncio.run(steps())


def test_a_program_at_this_machine_needs_no_token_and_no_page_can_pass_for_one(
    tmp_path: Path,
) -> None:
    here = door(tmp_path, "", host="127.0.0.1")
    as_json = {"Content-Type": "application/json"}
    of_browsers: list[dict[str, str]] = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Cookie": "x=1"},
        {"Referer": "http://evil.example/"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain; x=application/json"},
    ]

    async def steps() -> None:
        async with here.client("127.0.0.1", "localhost") as program:

            async def code(path: str, headers: dict[str, str]) -> int:
                here.reached.clear()
                answer = await program.post(path, content=b"{}", headers=headers)
                assert bool(here.reached) is (answer.status_code == 200)
                return answer.status_code

            assert await code("/api/change", as_json) == 200
            assert (
                await code("/api/change", {"Content-Type": "application/JSON; charset=utf-8"})
                == 200
            )
            assert await code("/change", as_json) == 403
            for marks in of_browsers:
                assert await code("/api/change", {**as_json, **marks}) == 403, marks
        async with here.client("127.0.0.1", "rebound.example") as rebound:
            answer = await rebound.post("/api/change", content=b"{}", headers=as_json)
            assert answer.status_code == 403

    asyncio.run(steps())


def test_where_users_log_in_no_program_changes_anything_without_a_password(tmp_path: Path) -> None:
    here = door(tmp_path, USERS, host="127.0.0.1")

    async def steps() -> int:
        async with here.client("127.0.0.1", "localhost") as program:
            return (await program.post("/api/change", json={"by": "ana"})).status_code

    assert asyncio.run(steps()) == 401


def test_a_body_without_end_is_refused_whatever_its_type(tmp_path: Path) -> None:
    here = door(tmp_path, USERS)

    async def steps() -> None:
        async with here.client() as stranger:
            token = {"X-CSRF-Token": token_of(await stranger.get("/login", headers=HTML))}
            stuffed = {"upload": ("a.bin", b"x" * 70_000)}
            answer = await stranger.post("/login", files=stuffed, headers=token)
            assert answer.status_code == 413
        async with here.client() as program:
            large = await program.post("/change", content=b"x" * 70_000, headers=basic("ana", ANA))
            assert large.status_code == 413

    asyncio.run(steps())
    assert here.reached == ["ana"]
