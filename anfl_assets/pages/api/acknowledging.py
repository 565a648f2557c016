"""Taking an incident on through the API, by the same step as the command line and the pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from anfl_assets.flow.alerting.answering.incidents import acknowledge
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.access.people import HERE, Viewer
from anfl_assets.pages.access.refused import require_operator
from anfl_assets.pages.api.answers import Acknowledgement
from anfl_assets.pages.incidents.forms import LONGEST_WORDS
from anfl_assets.pages.incidents.who import LONGEST_NAME
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.wording.inert import one_line

_LONGEST_BODY = 10_000
_VIA = "the API"


@dataclass(frozen=True)
class Answering:
    """What may go with an acknowledgement: who (where nobody logged in), and what they know."""

    by: str = ""
    note: str = ""


async def asked_acknowledgement(request: Request) -> Acknowledgement:
    """Acknowledge the incident a request names; who was faster is told.

    Raises:
        PageError: nobody is named, or the incident is over.
        UnknownIncident: there is none of that number.
    """
    require_operator(request)
    answering = await _asked_answer(request)
    viewer: Viewer = request.state.viewer
    by = one_line(answering.by, LONGEST_NAME) if viewer.via == HERE else viewer.name
    if not by:
        raise PageError('say who you are: {"by": "your name"}')
    return await asyncio.to_thread(
        _acknowledged,
        request.app.state.site,
        request.path_params["incident_id"],
        Answering(by, one_line(answering.note, LONGEST_WORDS)),
    )


async def _asked_answer(request: Request) -> Answering:
    """Read the body; an empty one says nothing.

    Raises:
        PageError: it is something else than the operation takes.
    """
    body = await request.body()
    if len(body) > _LONGEST_BODY:
        raise PageError(f"{len(body):,} bytes; expected at most {_LONGEST_BODY:,}", 413)
    try:
        return TypeAdapter(Answering).validate_json(body or b"{}", strict=True)
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
        raise PageError(f"expected by and note as texts; found {told[:300]}") from error


def _acknowledged(site: Site, incident_id: int, answering: Answering) -> Acknowledgement:
    now = site.now()
    policy, _ = policy_in_any_case(site.workspace, site.environ)
    before = acknowledge(
        site.alerts(), incident_id, policy, by=answering.by, via=_VIA, note=answering.note, now=now
    )
    if before is None:
        raise PageError(f"incident {incident_id} is over; nobody is told of it any more", 409)
    if before.acknowledged_at is not None and before.acknowledged_by is not None:
        return Acknowledgement(
            incident_id, before.acknowledged_by, before.acknowledged_at, is_first=False
        )
    return Acknowledgement(incident_id, answering.by, now, is_first=True)
