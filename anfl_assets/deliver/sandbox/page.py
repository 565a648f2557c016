"""The page of what arrived."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.deliver.sandbox.inbox import Inbox


def page_routes(
    inbox: Inbox, acknowledge: Callable[[int, str, str], object] | None
) -> list[BaseRoute]:
    """Return the page's addresses."""
    del acknowledge

    async def page(request: Request) -> Response:
        del request
        return PlainTextResponse(f"{sum(1 for _ in inbox)} messages")

    return [Route("/", page)]
