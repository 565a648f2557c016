"""The addresses of incidents and silences: reading is for viewers, answering for operators."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from anfl_assets.errors import UnknownIncident
from anfl_assets.pages.charts import asked_look
from anfl_assets.pages.incidents import answers, detail, listing, silencing, why_not
from anfl_assets.pages.incidents.course import course
from anfl_assets.pages.incidents.forms import number
from anfl_assets.pages.incidents.who import answerer
from anfl_assets.pages.render import Json, page
from anfl_assets.pages.site import Site

_NOTHING = 404


def incident_routes() -> list[BaseRoute]:
    """Return the routes of incidents, their answers, and silences."""
    return [
        Route("/incidents", _incidents),
        Route("/incidents/why-not", _why_not),
        Route("/incidents/{number:number}", _incident),
        Route("/incidents/{number:number}/why", _why),
        Route("/incidents/{number:number}/chart.json", _chart),
        Route("/incidents/{number:number}/acknowledge", answers.acknowledged, methods=["POST"]),
        Route("/incidents/{number:number}/resolve", answers.resolved, methods=["POST"]),
        Route("/silences", silencing.shown, methods=["GET"]),
        Route("/silences", silencing.made, methods=["POST"]),
        Route("/silences/{number:number}/end", silencing.ended, methods=["POST"]),
    ]


async def _incidents(request: Request) -> Response:
    site: Site = request.app.state.site
    asked = listing.asked(request.query_params)
    found = await asyncio.to_thread(listing.content, site, asked, site.now())
    return page(request, "incidents.html.jinja", {"who": answerer(request), **found})


async def _incident(request: Request) -> Response:
    site, incident_id = request.app.state.site, number(request)
    try:
        found = await asyncio.to_thread(detail.content, site, incident_id, site.now())
    except UnknownIncident:
        return _unknown(request, incident_id)
    told = answers.outcome(request.query_params.get("told", ""), found["incident"])
    content = {"who": answerer(request), "outcome": told, **found}
    return page(request, "incident.html.jinja", content)


async def _why(request: Request) -> Response:
    site, incident_id = request.app.state.site, number(request)
    try:
        found = await asyncio.to_thread(detail.story, site, incident_id)
    except UnknownIncident:
        return _unknown(request, incident_id)
    return page(request, "incident_why.html.jinja", found)


async def _chart(request: Request) -> Response:
    site, incident_id, look = request.app.state.site, number(request), asked_look(request)
    spec = await asyncio.to_thread(course, site, incident_id, look=look, now=site.now())
    return Json(spec)


async def _why_not(request: Request) -> Response:
    site: Site = request.app.state.site
    asked = why_not.Asked.of(request.query_params)
    found = await asyncio.to_thread(why_not.content, site, asked, site.now())
    return page(request, "why_not.html.jinja", found)


def _unknown(request: Request, incident_id: int) -> Response:
    content = {"incident_id": incident_id}
    return page(request, "no_incident.html.jinja", content, status_code=_NOTHING)
