"""Incidents as the API tells them: open ones, all of them, one."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from anfl_assets.pages.api.answers import IncidentAnswer, incident_answer
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site

_NEWEST = 100


async def asked_incidents(request: Request) -> list[IncidentAnswer]:
    """Return open incidents, or the newest of all.

    Raises:
        PageError: another state is asked for.
    """
    state = request.query_params.get("state", "open")
    if state not in {"open", "all"}:
        raise PageError(f"state={state[:20]!r}; expected open or all")
    return await asyncio.to_thread(_read_incidents, request.app.state.site, state)


async def asked_incident(request: Request) -> IncidentAnswer:
    """Return one incident.

    Raises:
        UnknownIncident: there is none of that number.
    """
    return await asyncio.to_thread(
        _read_incident, request.app.state.site, request.path_params["incident_id"]
    )


def _read_incidents(site: Site, state: str) -> list[IncidentAnswer]:
    alerts = site.alerts()
    found = alerts.open_incidents() if state == "open" else alerts.incidents(_NEWEST)
    conditions = alerts.conditions()
    return [
        incident_answer(one, [each for each in conditions if each.incident_id == one.incident_id])
        for one in found
    ]


def _read_incident(site: Site, incident_id: int) -> IncidentAnswer:
    alerts = site.alerts()
    found = alerts.incident(incident_id)
    firing = [each for each in alerts.conditions() if each.incident_id == incident_id]
    return incident_answer(found, firing)
