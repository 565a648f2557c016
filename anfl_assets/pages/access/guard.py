"""Nothing reaches a page unless the gate knows who asks; nothing changes unless they may.

Plain ASGI: answers that last, such as streams of events, pass through as they come, and end when
the session does.
"""

from __future__ import annotations

from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anfl_assets.pages.access.changes import checked_change
from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.next_page import login_address
from anfl_assets.pages.access.refused import (
    BY_PROXY,
    Refused,
    Show,
    refusal,
    require_operator,
    wants_page,
)
from anfl_assets.pages.access.sessions import IDLE_S, Session
from anfl_assets.pages.access.visit import Visit, challenge

_READS = ("GET", "HEAD")
# The way in and out; the looks of it, and whether the pages answer at all: `anfl up` asks that.
_FOR_ALL = ("/login", "/logout")
_LOOKS, _ANSWERS = "/assets/", "/health"


class Guard:
    """Stands before an application; leaves `viewer` and `csrf_token` in the request's state."""

    def __init__(self, app: ASGIApp, gate: Gate, show: Show) -> None:
        """Guard an application; `show` renders what a person is told."""
        self.app, self.gate, self.show = app, gate, show

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        state: dict[str, Any] = scope.setdefault("state", {})
        state.update(viewer=None, csrf_token="")
        try:
            visit = await self.gate.visit(request)
            state.update(viewer=visit.viewer, csrf_token=self.gate.forms.token(visit.bound_to))
            state["visit"] = visit
            is_for_all = _is_for_all(request)
            if visit.viewer is None and not is_for_all:
                await self._turned_away(request)(scope, receive, send)
                return
            if request.method not in _READS:
                receive = await checked_change(request, visit, self.gate.access(), self.gate.forms)
                if not is_for_all:
                    require_operator(request)
        except Refused as refused:
            await refusal(request, refused, self.show)(scope, receive, send)
            return
        with suppress(_SessionEnded):
            await self.app(scope, receive, _Sending(self.gate, visit, request, send))

    def _turned_away(self, request: Request) -> Response:
        if not self.gate.access().users:
            return refusal(request, Refused(401, BY_PROXY, challenge(request)), self.show)
        if wants_page(request):
            is_page = request.method in _READS
            where = _back_to(request) if is_page else "/login"
            return RedirectResponse(where, 303)
        text = "log in at /login, or send a name and password with HTTP Basic"
        return refusal(request, Refused(401, text, challenge(request)), self.show)


class _SessionEnded(Exception):
    """Ends whatever still makes an answer that nobody may see any more."""


class _Sending:
    """Sends an answer: the cookie with a page, and no more of it once the session has ended."""

    def __init__(self, gate: Gate, visit: Visit, request: Request, send: Send) -> None:
        self.gate, self.visit, self.request, self.send = gate, visit, request, send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and wants_page(self.request):
            self._keep_cookie(MutableHeaders(raw=message["headers"]))
        is_known = self.visit.viewer is not None
        if is_known and message.get("more_body") and not self.gate.still_stands(self.visit):
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})
            raise _SessionEnded
        await self.send(message)

    def _keep_cookie(self, headers: MutableHeaders) -> None:
        session, name = self.visit.session, self.gate.sessions.cookie
        kept = session if self.visit.is_new else self.gate.sessions.renewed(session)
        is_set = any(each.startswith(f"{name}=") for each in headers.getlist("set-cookie"))
        if kept is not None and not is_set:
            headers.append("set-cookie", set_cookie(self.gate, kept, is_https=self.visit.is_https))


def set_cookie(gate: Gate, session: Session | None, *, is_https: bool) -> str:
    """Return the header that gives a browser its session's cookie, or takes it away."""
    name = gate.sessions.cookie
    cookie: SimpleCookie = SimpleCookie({name: gate.sessions.sealed(session) if session else ""})
    seconds = IDLE_S if session else 0
    cookie[name].update({"path": "/", "samesite": "Lax", "max-age": str(seconds)})
    flags = "; HttpOnly; Secure" if is_https else "; HttpOnly"
    return cookie[name].OutputString() + flags


def _back_to(request: Request) -> str:
    # Not `request.url`: it is made with whatever a stranger names as the host.
    query: bytes = request.scope["query_string"]
    return login_address(request.scope["path"], query.decode("latin-1"))


def _is_for_all(request: Request) -> bool:
    path: str = request.scope["path"]
    is_read = request.method in _READS
    return path in _FOR_ALL or (is_read and (path.startswith(_LOOKS) or path == _ANSWERS))
