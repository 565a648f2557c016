"""The page of what arrived, and its one button: acknowledge.

Whatever a message says is text here. The page runs only its own script, loads nothing from
elsewhere, and asks again every two seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jinja2
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from anfl_assets.deliver.sandbox import mail_view, slack_view, views
from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.mrkdwn import is_web, mrkdwn, plain
from anfl_assets.deliver.sandbox.providers import limited_body
from anfl_assets.deliver.sandbox.slack import Slack
from anfl_assets.errors import AnflError

_ASSETS = Path(__file__).parent / "assets"
_COOKIE = "anfl_sandbox"
_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_CHANNELS = {
    "pagerduty": "Pager",
    "twilio": "SMS",
    "slack": "Slack",
    "smtp": "Mail",
    "webhook": "Webhooks",
    "failed": "Failed",
}
_IMAGES = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_LONGEST_NAME = 60


def page_routes(
    inbox: Inbox, acknowledge: Callable[[int, str, str], object] | None
) -> list[BaseRoute]:
    """Return the page's addresses."""
    page = _Page(inbox, acknowledge)
    found: list[BaseRoute] = [
        Route("/", page.whole),
        Route("/board", page.board),
        Route("/mails/{number:int}", page.mail),
        Route("/files/{number}", page.file),
        Mount("/assets", StaticFiles(directory=_ASSETS)),
    ]
    if acknowledge is not None:
        found.append(Route("/acknowledge", page.acknowledged, methods=["POST"]))
    return found


@dataclass(frozen=True)
class _Page:
    """What is not `async` runs in threads, so that no provider waits for the page."""

    inbox: Inbox
    acknowledge: Callable[[int, str, str], object] | None
    # A new process does not know the old one's forms.
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def whole(self, request: Request) -> Response:
        """Return the page with what is there; it goes on asking for the board."""
        visitor = request.cookies.get(_COOKIE) or secrets.token_urlsafe(16)
        told = self._told(request, visitor)
        headers = {**_HEADERS, "Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
        response = HTMLResponse(_rendered("page.html", told), headers=headers)
        response.set_cookie(_COOKIE, visitor, httponly=True, samesite="strict")
        return response

    def board(self, request: Request) -> Response:
        """Return the messages alone, or nothing where nothing is new."""
        tag = f'"{self.key}-{self.inbox.revision}"'
        headers = {**_HEADERS, "ETag": tag, "Content-Security-Policy": _POLICY}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        told = self._told(request, request.cookies.get(_COOKIE, ""))
        return HTMLResponse(_rendered("board.html", told), headers=headers)

    def mail(self, request: Request) -> Response:
        """Return a mail's HTML, which may show its own styles and images and do nothing."""
        number = request.path_params["number"]
        found = (each for each in self.inbox if each.number == number and each.provider == "smtp")
        html = next((mail_view.html_of(each) for each in found), None)
        if html is None:
            raise HTTPException(404, "no such mail; it may have been forgotten")
        return HTMLResponse(html, headers={**_HEADERS, "Content-Security-Policy": _MAIL_POLICY})

    def file(self, request: Request) -> Response:
        """Return an uploaded image; anything else is only there to be saved."""
        content = Slack(self.inbox).file(request.path_params["number"])
        if content is None:
            raise HTTPException(404, "no such file; it may have been forgotten")
        kind = next((kind for start, kind in _IMAGES.items() if content.startswith(start)), None)
        if kind is None:
            save = {"Content-Disposition": "attachment"}
            return Response(
                content, headers={**_HEADERS, **save}, media_type="application/octet-stream"
            )
        return Response(content, headers=_HEADERS, media_type=kind)

    async def acknowledged(self, request: Request) -> Response:
        """Acknowledge an incident for whoever pressed the button on this page."""
        given = parse_qs((await limited_body(request)).decode(errors="replace"))
        form = {name: values[0].strip() for name, values in given.items()}
        if not self._is_own(request, form.get("csrf", "")):
            return PlainTextResponse("refused: reload the page and press the button there", 403)
        number, by = form.get("incident_id", ""), form.get("by", "")[:_LONGEST_NAME]
        if not (number.isascii() and number.isdigit()):
            return PlainTextResponse("expected the number of an incident", 400)
        assert self.acknowledge is not None  # noqa: S101 - else there is no such address
        via = f"sandbox {_CHANNELS.get(form.get('via', ''), '')}".strip()
        try:
            await run_in_threadpool(self.acknowledge, int(number), by or "sandbox", via)
        except AnflError as error:
            return PlainTextResponse(str(error), 409)
        return RedirectResponse("/", 303)

    def _is_own(self, request: Request, token: str) -> bool:
        """Whether the form is one this process gave to this visitor, sent from our page."""
        if request.headers.get("origin") is None:
            return False  # browsers name it with every POST; `OnlyFromHere` compares it
        try:
            return bool(URLSafeSerializer(self.key).loads(token) == request.cookies[_COOKIE])
        except (BadSignature, KeyError):
            return False

    def _told(self, request: Request, visitor: str) -> Mapping[str, Any]:
        wanted = request.query_params.get("channel", "")
        received = list(self.inbox)
        return {
            "names": _CHANNELS,
            "wanted": wanted if wanted in _CHANNELS else "",
            "pager": views.pager(received),
            "phones": views.phones(received),
            "rooms": slack_view.rooms(received),
            "mails": mail_view.mails(received),
            "hooks": views.hooks(received),
            "failed": views.failed(received),
            "counts": _counts(received),
            "can_acknowledge": self.acknowledge is not None,
            "csrf": URLSafeSerializer(self.key).dumps(visitor),
        }


def _counts(received: list[Any]) -> Mapping[str, int]:
    told = [each.provider for each in received if each.reaches_reader]
    failed = sum(each.fault is not None or not each.is_accepted for each in received)
    return {"": len(told), **{name: told.count(name) for name in _CHANNELS}, "failed": failed}


def _rendered(name: str, told: Mapping[str, Any]) -> bytes:
    # Half a surrogate pair is no text, but JSON can bring it.
    return _TEMPLATES.get_template(name).render(told).encode("utf-8", "replace")


def _clock_time(at: datetime) -> str:
    return f"{at:%d %b %H:%M:%S}"


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_ASSETS),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    # What a message leaves out is nothing, however deep it is asked for.
    undefined=jinja2.ChainableUndefined,
)
_TEMPLATES.filters |= {"mrkdwn": mrkdwn, "plain": plain, "at": _clock_time}
_TEMPLATES.filters |= {"text": views.as_text}
_TEMPLATES.tests |= {"web": is_web}
