"""The address of all forecasts; each one's fan is on its metric's page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.forecasts.content import content
from anfl_assets.pages.forecasts.standing import Forecasts
from anfl_assets.pages.render import page
from anfl_assets.pages.site import Site


def forecast_routes() -> list[BaseRoute]:
    """Return the route of the list."""
    return [Route("/forecasts", _forecasts)]


async def _forecasts(request: Request) -> Response:
    site: Site = request.app.state.site
    forecasts: Forecasts = request.app.state.forecasts
    standing = await forecasts.current()
    return page(
        request,
        "forecasts.html.jinja",
        content(site.catalog, forecasts, standing, site.now()),
    )
