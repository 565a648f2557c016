"""The sandbox's HTTP side: the providers, their script, and the page of what arrived."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.providers import Desk, json_response, limited_body
from anfl_assets.deliver.sandbox.received import PROVIDERS
from anfl_assets.deliver.sandbox.script import BadScript, Script

# Acknowledges an incident: its number, who does, and through what. May raise an AnflError.
Acknowledge: TypeAlias = Callable[[int, str, str], object]
_HERE = ("127.0.0.1", "localhost", "::1")


def make_app(inbox: Inbox, script: Script, *, acknowledge: Acknowledge | None = None) -> Starlette:
    """Return the application; without `acknowledge` the page has no such button."""
    from anfl_assets.deliver.sandbox.page import page_routes

    routes = [
        *Desk(inbox, script).routes(),
        *_script_routes(script),
        *_message_routes(inbox),
        *page_routes(inbox, acknowledge),
    ]
    return Starlette(routes=routes, middleware=[Middleware(OnlyFromHere)])


class OnlyFromHere:
    """Refuses what another site's page sends here through a person's browser."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that names this machine as its host, and no other origin."""
        if scope["type"] == "http" and not _is_from_here(Request(scope)):
            refusal = PlainTextResponse("refused: this is not how the sandbox is reached", 403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_from_here(request: Request) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if urlsplit(f"//{host}").hostname not in _HERE:
        return False
    return origin is None or origin == f"{request.url.scheme}://{host}"


def _script_routes(script: Script) -> list[BaseRoute]:
    async def add(request: Request) -> Response:
        try:
            steps = json.loads(await limited_body(request))
            script.add(request.path_params["provider"], steps)
        except (BadScript, ValueError) as error:
            return PlainTextResponse(str(error), 400)
        return json_response({"ok": True})

    async def clear(request: Request) -> Response:
        del request
        script.clear()
        return json_response({"ok": True})

    return [
        Route("/script/{provider}", add, methods=["POST"]),
        Route("/script", clear, methods=["DELETE"]),
    ]


def _message_routes(inbox: Inbox) -> list[BaseRoute]:
    async def told(request: Request) -> Response:
        provider = request.query_params.get("provider")
        if provider is not None and provider not in PROVIDERS:
            return PlainTextResponse(f"expected one of {', '.join(PROVIDERS)}", 400)
        found = [each for each in inbox if provider in (None, each.provider)]
        if "accepted" in request.query_params:
            found = [each for each in found if each.reaches_reader]
        return json_response([each.as_json() for each in found])

    async def forget(request: Request) -> Response:
        del request
        inbox.clear()
        return json_response({"ok": True})

    return [
        Route("/messages", told, methods=["GET"]),
        Route("/messages", forget, methods=["DELETE"]),
    ]
