"""What the API can do: status, metrics, history, incidents, and acknowledging one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from anfl_assets.errors import UnknownIncident, UnknownMetric
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
)  # fmt: skip
