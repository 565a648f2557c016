"""No request reaches a page without a valid session, whatever its headers, path and method say."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.config.secret import Secret
from anfl_assets.pages.access.people import Role, User
from tests.unit.pages.access.door import HASHES, PROXY, USERS, Door, door

_NAMES = st.sampled_from(
    """authorization cookie host origin accept content-type content-length transfer-encoding
    x-forwarded-user x-forwarded-for x-forwarded-proto x-real-ip forwarded via x-csrf-token
    x-http-method-override x-original-url x-rewrite-url sec-fetch-site upgrade range""".split()  # noqa: SIM905
)
_VALUES = st.one_of(
    st.sampled_from(
        """ana|[::1|127.0.0.1|localhost|10.0.0.1|https|null|/|text/html|websocket|Bearer x|Basic|\
chunked|Basic YW5hOg==|basic YW5hOmFuYQ==|application/x-www-form-urlencoded""".split("|")  # noqa: SIM905
    ),
    st.text(st.characters(max_codepoint=255), max_size=40),
)
_PATHS = st.one_of(
    st.sampled_from(
        """/ // /change /api/status /stream /LOGIN /login/ /login/../ /assets/ /assets//
        /assets/../ /assets/..//change /login%2f..""".split()  # noqa: SIM905
    ),
    st.text(max_size=20).map(lambda text: "/" + text),
)


class _Request(NamedTuple):
    """What a stranger sends."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes = b""


_METHODS = st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS", "get", "TRACE", "X"])

_REQUESTS = st.builds(
    _Request, _METHODS, _PATHS, st.lists(st.tuples(_NAMES, _VALUES), max_size=6), st.binary()
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Return a door that strangers knock at; cheap, as each example is one request."""
    return door(tmp_path_factory.mktemp("closed"), USERS + PROXY)


@settings(max_examples=150)
@given(_REQUESTS)
def test_no_request_without_a_session_reaches_a_page(closed: Door, request: _Request) -> None:
    told = asyncio.run(_asked(closed, request))
    assert closed.reached == []
    assert told["status"] in {303, 400, 401, 403, 404, 405, 413, 429}
    # The waits of what was guessed are not what is tried here.
    closed.gate.attempts._failures.clear()


@given(st.data())
def test_no_cookie_but_a_sealed_one_is_a_session(closed: Door, data: st.DataObject) -> None:
    sessions = closed.gate.sessions
    user = User("ana", Role.OPERATOR, Secret(HASHES["vic"]))
    strange = sessions.sealed(sessions.begun(user))  # of a password ana no longer has
    visitor = sessions.sealed(sessions.begun())
    text = data.draw(
        st.sampled_from([strange, visitor, strange + "x", visitor[:-1]])
        | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";,"))
    )
    headers = [("cookie", f"{sessions.cookie}={text}"), ("host", "pages.example")]
    assert asyncio.run(_asked(closed, _Request("GET", "/", headers)))["status"] == 401
    assert closed.reached == []


async def _asked(closed: Door, request: _Request) -> dict[str, Any]:
    """Send a request as no client of good manners would; return how its answer begins."""
    answers: list[dict[str, Any]] = []
    left = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
        answers.append(message)

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": b"next=//x&\xff",
        "scheme": "http",
        "root_path": "",
        "headers": [(key.encode(), value.encode("latin-1")) for key, value in request.headers],
        "client": ("192.0.2.66", 6),
        "server": ("pages.example", 80),
    }
    await closed.app(scope, receive, send)
    return answers[0]
