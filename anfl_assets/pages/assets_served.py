"""The styles and scripts of the pages; all of them are served from here."""

from __future__ import annotations

import asyncio
import mimetypes
from functools import cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages import vega
from anfl_assets.pages.render import ASSETS, digest

_FOREVER = "public, max-age=31536000, immutable"


def asset_routes() -> list[BaseRoute]:
    """Return the routes; an address has its content's digest in it, so it is kept for ever."""
    return [
        Route(f"/assets/{vega.script_digest()}/{vega.NAME}", _vega),
        Route("/assets/{digest}/{name}", _asset, name="asset"),
    ]


async def _vega(request: Request) -> Response:
    content = await asyncio.to_thread(request.app.state.vega.content)
    return _kept(content, vega.NAME)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _names() or request.path_params["digest"] != digest(name):
        raise HTTPException(404)
    return _kept((ASSETS / name).read_bytes(), name)


def _kept(content: bytes, name: str) -> Response:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers={"Cache-Control": _FOREVER})


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in ASSETS.iterdir())
