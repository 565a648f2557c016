"""Answering an incident from its page: acknowledge, close; told what became of it by the next page.

The same steps as `anfl alerts ack` and `resolve`; who answers second is told who was first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anfl_assets.alert.policy import Policy
from anfl_assets.flow.alerting.answering import incidents
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.access.refused import require_operator
from anfl_assets.pages.incidents.forms import fields, number, reason, words
from anfl_assets.pages.incidents.who import VIA, given_name, remember
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.records import Incident
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.wording.numbers import moment

_Step = Callable[[AlertStore, Policy], Incident | None]
# Pages with a list of alerts, where whoever answers goes on.
_BACK = ("/", "/executive", "/technical", "/operational", "/incidents")


async def acknowledged(request: Request) -> Response:
    """Take an incident on."""
    require_operator(request)
    form, incident_id = await fields(request), number(request)
    site: Site = request.app.state.site
    by, note = given_name(request, form), words(form, "note")

    def step(store: AlertStore, policy: Policy) -> Incident | None:
        return incidents.acknowledge(
            store, incident_id, policy, by=by, via=VIA, note=note, now=site.now()
        )

    before = await asyncio.to_thread(_taken, site, step)
    if before is None:
        told = "over"
    else:
        told = "acknowledged" if before.acknowledged_at is None else "already"
    return _on(request, form, by=by, told=told)


async def resolved(request: Request) -> Response:
    """Close an incident by hand."""
    require_operator(request)
    form, incident_id = await fields(request), number(request)
    site: Site = request.app.state.site
    by, why = given_name(request, form), reason(form)

    def step(store: AlertStore, policy: Policy) -> Incident | None:
        return incidents.resolve(store, incident_id, policy, by=by, reason=why, now=site.now())

    before = await asyncio.to_thread(_taken, site, step)
    return _on(request, form, by=by, told="over" if before is None else "closed")


def outcome(told: str, incident: Incident) -> str:
    """Return what became of an answer, in words that the incident bears out; else nothing."""
    if told == "acknowledged" and incident.acknowledged_at is not None:
        return "Acknowledged: nobody else is told, and escalation has stopped."
    if told == "already" and incident.acknowledged_at is not None:
        who = incident.acknowledged_by or "Somebody"
        return f"{who} acknowledged it already, at {moment(incident.acknowledged_at)}."
    if told == "over" and incident.resolved_at is not None:
        return f"It is over already, since {moment(incident.resolved_at)}: nobody is told any more."
    if told == "closed" and incident.resolved_at is not None:
        heard = "those who were told hear of it" if incident.told else "nobody had been told"
        return f"Closed: {heard}."
    return ""


def _taken(site: Site, step: _Step) -> Incident | None:
    policy, _ = policy_in_any_case(site.workspace, site.environ)
    return step(site.alerts(), policy)


def _on(request: Request, form: Mapping[str, str], *, by: str, told: str) -> Response:
    """Go on where the answer came from: loading that page again sends nothing twice.

    What somebody else did first is told on the incident's own page.
    """
    back = form.get("back", "")
    is_back = back in _BACK and told == "acknowledged"
    response = RedirectResponse(
        back if is_back else f"/incidents/{number(request)}?told={told}", 303
    )
    remember(request, response, by)
    return response
