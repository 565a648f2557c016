"""Charts as the browser asks for them: Vega-Lite specs, and the one shape of all small lines."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.chart.spark import spark
from anfl_assets.chart.types import Look
from anfl_assets.pages.refusals import PageError

_LOOKS: tuple[Look, ...] = ("light", "dark")


def chart_routes() -> list[BaseRoute]:
    """Return the route of the small line's shape; pages have the routes of their own charts."""
    return [Route("/charts/spark.json", _spark)]


def asked_look(request: Request) -> Look:
    """Return the ground a chart is to stand on.

    Raises:
        PageError: it is neither light nor dark.
    """
    asked = request.query_params.get("look", "light")
    for look in _LOOKS:
        if look == asked:
            return look
    raise PageError(f"look={asked[:20]!r}; expected light or dark")


async def _spark(request: Request) -> Response:
    return JSONResponse(spark(look=asked_look(request)))
