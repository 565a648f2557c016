"""What the API can do: status, metrics, history, incidents, and acknowledging one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from anfl_assets.errors import UnknownIncident, UnknownMetric
from anfl_assets.flow.alerting.answering.incidents import acknowledge
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.access.people import Viewer
from anfl_assets.pages.access.refused import require_operator
from anfl_assets.pages.api.answers import (
    History,
    IncidentAnswer,
    MetricAnswer,
    StatusRow,
    incident_answer,
    metric_answer,
    status_row,
)
from anfl_assets.pages.api.operation import Operation, Parameter
from anfl_assets.pages.api.windows import asked_history
from anfl_assets.pages.boards.routes import asked_reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site

_METRIC = Parameter("metric", "A metric's id or alias", "path")
_INCIDENT = Parameter("incident_id", "Number of the incident", "path", "integer")
_NEWEST = 100
_LONGEST_BODY = 10_000
_VIA = "the API"
_HERE = "this machine"


@dataclass(frozen=True)
class Answering:
    """What may go with an acknowledgement: who (where nobody logged in), and what they know."""

    by: str = ""
    note: str = ""


async def _status(request: Request) -> list[StatusRow]:
    site: Site = request.app.state.site
    reading = await asked_reading(request)
    if reading is None:
        raise PageError("nothing was published yet; run `anfl run`", 404)
    wanted = request.query_params.get("metric")
    ids = None if wanted is None else {each.metric_id for each in _resolved(site, wanted)}
    now = reading.as_of or site.now()
    return [status_row(row, now) for row in reading.board if ids is None or row.metric_id in ids]


async def _metrics(request: Request) -> list[MetricAnswer]:
    return [metric_answer(each) for each in request.app.state.site.catalog.metrics.values()]


async def _metric(request: Request) -> MetricAnswer:
    found = _resolved(request.app.state.site, request.path_params["metric"])
    if len(found) > 1:
        named = ", ".join(each.metric_id for each in found)
        raise PageError(f"that names several metrics; expected one of {named}", 404)
    return metric_answer(found[0])


async def _incidents(request: Request) -> list[IncidentAnswer]:
    state = request.query_params.get("state", "open")
    if state not in {"open", "all"}:
        raise PageError(f"state={state[:20]!r}; expected open or all")
    return await asyncio.to_thread(_read_incidents, request.app.state.site, state)


async def _incident(request: Request) -> IncidentAnswer:
    return await asyncio.to_thread(
        _read_incident, request.app.state.site, request.path_params["incident_id"]
    )


async def _acknowledge(request: Request) -> Acknowledgement:
    require_operator(request)
    answering = await _asked_answer(request)
    viewer: Viewer = request.state.viewer
    by = answering.by.strip() if viewer.via == _HERE else viewer.name
    if not by:
        raise PageError('say who you are: {"by": "your name"}')
    return await asyncio.to_thread(
        _acknowledged,
        request.app.state.site,
        request.path_params["incident_id"],
        Answering(by, answering.note),
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
    with site.alerts() as alerts:
        try:
            before = acknowledge(
                alerts, incident_id, policy, by=answering.by, via=_VIA, note=answering.note, now=now
            )
        except UnknownIncident as error:
            raise PageError(str(error), 404) from error
    if before is None:
        raise PageError(f"incident {incident_id} is over; nobody is told of it any more", 409)
    if before.acknowledged_at is not None and before.acknowledged_by is not None:
        return Acknowledgement(
            incident_id, before.acknowledged_by, before.acknowledged_at, is_first=False
        )
    return Acknowledgement(incident_id, answering.by, now, is_first=True)


def _read_incidents(site: Site, state: str) -> list[IncidentAnswer]:
    with site.alerts() as alerts:
        found = alerts.open_incidents() if state == "open" else alerts.incidents(_NEWEST)
        conditions = alerts.conditions()
    return [
        incident_answer(one, [each for each in conditions if each.incident_id == one.incident_id])
        for one in found
    ]


def _read_incident(site: Site, incident_id: int) -> IncidentAnswer:
    with site.alerts() as alerts:
        try:
            found = alerts.incident(incident_id)
        except UnknownIncident as error:
            raise PageError(str(error), 404) from error
        firing = [each for each in alerts.conditions() if each.incident_id == incident_id]
    return incident_answer(found, firing)


def _resolved(site: Site, name: str) -> Any:  # noqa: ANN401 - metrics
    try:
        return site.catalog.resolve(name)
    except UnknownMetric as error:
        raise PageError(str(error), 404) from error


_AS_OF = Parameter("as_of", "Judge only windows that had ended by then", kind="date-time")

OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/status",
        "status",
        "The board: every metric and subject, worst first",
        _status,
        list[StatusRow],
        (_AS_OF, Parameter("metric", "One metric, or several of one alias")),
    ),
    Operation(
        "GET", "/api/v1/metrics", "metrics", "Every metric of the catalog", _metrics,
        list[MetricAnswer],
    ),
    Operation(
        "GET", "/api/v1/metrics/{metric}", "metric", "One metric of the catalog", _metric,
        MetricAnswer, (_METRIC,),
    ),
    Operation(
        "GET",
        "/api/v1/metrics/{metric}/history",
        "history",
        "Windows of a metric, newest ones kept, oldest first",
        asked_history,
        History,
        (
            _METRIC,
            Parameter("grain", "Length of the windows; the one it is judged on by default"),
            Parameter("subject", "One subject; may be given several times"),
            Parameter("since", "Windows that end after this moment", kind="date-time"),
            Parameter("until", "Windows that end at or before this moment", kind="date-time"),
            Parameter("limit", "At most so many windows, 1,000 by default", kind="integer"),
        ),
    ),
    Operation(
        "GET",
        "/api/v1/incidents",
        "incidents",
        "Incidents, newest first",
        _incidents,
        list[IncidentAnswer],
        (Parameter("state", "open (the default) or all"),),
    ),
    Operation(
        "GET", "/api/v1/incidents/{incident_id:int}", "incident", "One incident", _incident,
        IncidentAnswer, (_INCIDENT,),
    ),
    Operation(
        "POST",
        "/api/v1/incidents/{incident_id:int}/acknowledge",
        "acknowledge",
        "Take an incident on: nobody else is told, and escalation stops (operators)",
        _acknowledge,
        Acknowledgement,
        (_INCIDENT,),
        Answering,
    ),
)  # fmt: skip
