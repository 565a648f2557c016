"""The routes of the API, its description, and current values for whoever scrapes."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.api.describe import describe
from anfl_assets.pages.api.openmetrics import CONTENT_TYPE, exposition
from anfl_assets.pages.api.operation import Operation
from anfl_assets.pages.api.operations import OPERATIONS
from anfl_assets.pages.site import Site
from anfl_assets.wording.inert import utf8

_HEADERS = {"Cache-Control": "no-store"}


def api_routes() -> list[BaseRoute]:
    """Return the routes of every operation, of their description, and of OpenMetrics."""
    return [
        *(Route(each.path, _answering(each), methods=[each.method]) for each in OPERATIONS),
        Route("/api/openapi.json", _description),
        Route("/openmetrics", _openmetrics),
    ]


def _answering(operation: Operation) -> Any:  # noqa: ANN401 - an endpoint
    async def answer(request: Request) -> Response:
        found = await operation.handler(request)
        content = _as_json(_adapter(operation), found)
        return Response(content, media_type="application/json", headers=_HEADERS)

    return answer


def _as_json(adapter: TypeAdapter[Any], found: object) -> bytes:
    try:
        return adapter.dump_json(found)
    except PydanticSerializationError:  # a name that is no text
        return utf8(json.dumps(adapter.dump_python(found, mode="json"), ensure_ascii=False))


@cache
def _adapter(operation: Operation) -> TypeAdapter[Any]:
    return TypeAdapter(operation.answers)


async def _description(request: Request) -> Response:
    del request
    return JSONResponse(_described())


@cache
def _described() -> dict[str, Any]:
    return describe(OPERATIONS)


async def _openmetrics(request: Request) -> Response:
    site: Site = request.app.state.site
    reading = await site.readings.current()
    content = await asyncio.to_thread(exposition, reading, site.now())
    return Response(content, headers={**_HEADERS, "Content-Type": CONTENT_TYPE})
