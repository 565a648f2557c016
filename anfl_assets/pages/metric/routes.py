"""The addresses of metrics: all of them, one, its chart and the rows behind it."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.boards.routes import asked_reading, nothing_yet
from anfl_assets.pages.forecasts.standing import Forecasts
from anfl_assets.pages.metric import catalogue, rows
from anfl_assets.pages.metric.asked import asked, asked_metric
from anfl_assets.pages.metric.chart import Charts
from anfl_assets.pages.metric.content import content
from anfl_assets.pages.metric.forecast import fan_answer, forecast_told
from anfl_assets.pages.metric.origin import set_aside
from anfl_assets.pages.render import page
from anfl_assets.pages.site import Site


def metric_routes() -> list[BaseRoute]:
    """Return the routes of the metric pages; charts are kept as long as the routes are."""
    return [
        Route("/metrics", _metrics),
        Route("/metrics/{metric}", _metric),
        Route("/metrics/{metric}/chart.json", Charts().answer),
        Route("/metrics/{metric}/fan.json", fan_answer),
        Route("/metrics/{metric}/rows", _rows),
        Route("/metrics/{metric}/quarantined", _quarantined),
    ]


async def _metrics(request: Request) -> Response:
    site: Site = request.app.state.site
    reading = await asked_reading(request)
    return page(request, "metrics.html.jinja", catalogue.content(site.catalog, reading))


async def _metric(request: Request) -> Response:
    site: Site = request.app.state.site
    name = request.path_params["metric"]
    metric = asked_metric(site.catalog, name)
    if metric.metric_id != name:
        # One address for one page: an alias leads to it.
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/metrics/{metric.metric_id}{query}")
    given = asked(metric, request.query_params)
    reading = await asked_reading(request)
    if reading is None:
        return nothing_yet(request)
    forecasts: Forecasts = request.app.state.forecasts
    # A forecast is of what comes after now, and nobody asks an earlier moment for it.
    standing = await forecasts.current() if reading.as_of is None else None
    shown = await asyncio.to_thread(content, site, reading, given)
    told = standing and forecast_told(given, forecasts, standing, now=site.now())
    return page(request, "metric.html.jinja", {**shown, "forecast": told})


async def _rows(request: Request) -> Response:
    site: Site = request.app.state.site
    metric = asked_metric(site.catalog, request.path_params["metric"])
    reading = await asked_reading(request)
    if reading is None:
        return nothing_yet(request)
    given = rows.asked_rows(metric, request.query_params, reading)
    shown = await asyncio.to_thread(rows.content, site, given)
    return page(request, "rows.html.jinja", {**shown, "build_id": reading.build.build_id})


async def _quarantined(request: Request) -> Response:
    site: Site = request.app.state.site
    metric = asked_metric(site.catalog, request.path_params["metric"])
    feed = request.query_params.get("feed") or None
    shown = await asyncio.to_thread(set_aside, site, metric, feed)
    return page(request, "quarantined.html.jinja", shown)
