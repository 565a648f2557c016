"""What the API can do: status, metrics, history, forecasts, incidents, acknowledging one."""

from __future__ import annotations

from anfl_assets.pages.api.acknowledging import Answering, asked_acknowledgement
from anfl_assets.pages.api.answers import (
    Acknowledgement,
    History,
    IncidentAnswer,
    MetricAnswer,
    StatusRow,
)
from anfl_assets.pages.api.forecasts import (
    ForecastAnswer,
    asked_days,
    asked_forecasts,
    asked_scorecard,
)
from anfl_assets.pages.api.incidents import asked_incident, asked_incidents
from anfl_assets.pages.api.operation import Operation, Parameter
from anfl_assets.pages.api.status import asked_metrics, asked_one_metric, asked_status
from anfl_assets.pages.api.windows import asked_history
from anfl_assets.report.forecasts import ForecastDay
from anfl_assets.report.scorecard import ScorecardRow

_METRIC = Parameter("metric", "A metric's id or alias", "path")
_INCIDENT = Parameter("incident_id", "Number of the incident", "path", "integer")
_AS_OF = Parameter("as_of", "Judge only windows that had ended by then", kind="date-time")
_OF_FORECASTS = (
    Parameter("metric", "One metric, by id or alias"),
    Parameter("model", "One forecast of the catalog, such as capacity_planning"),
    Parameter("subject", "One subject"),
    Parameter("form", "One daily series, such as daily peak"),
)

OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/status",
        "status",
        "The board: every metric and subject, worst first",
        asked_status,
        list[StatusRow],
        (_AS_OF, Parameter("metric", "One metric, or several of one alias")),
    ),
    Operation(
        "GET", "/api/v1/metrics", "metrics", "Every metric of the catalog", asked_metrics,
        list[MetricAnswer],
    ),
    Operation(
        "GET", "/api/v1/metrics/{metric}", "metric", "One metric of the catalog", asked_one_metric,
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
        "/api/v1/forecasts",
        "forecasts",
        "The standing forecasts, the soonest foretold crossing first",
        asked_forecasts,
        list[ForecastAnswer],
        _OF_FORECASTS,
    ),
    Operation(
        "GET",
        "/api/v1/forecasts/scorecard",
        "forecast_scorecard",
        "How each standing series was forecast: errors and coverage by days ahead",
        asked_scorecard,
        list[ScorecardRow],
        _OF_FORECASTS,
    ),
    Operation(
        "GET",
        "/api/v1/forecasts/{vintage_id}/days",
        "forecast_days",
        "The days of a forecast, the first one first",
        asked_days,
        list[ForecastDay],
        (Parameter("vintage_id", "Its vintage_id", "path"),),
    ),
    Operation(
        "GET",
        "/api/v1/incidents",
        "incidents",
        "Incidents, newest first",
        asked_incidents,
        list[IncidentAnswer],
        (Parameter("state", "open (the default) or all"),),
    ),
    Operation(
        "GET", "/api/v1/incidents/{incident_id:number}", "incident", "One incident", asked_incident,
        IncidentAnswer, (_INCIDENT,),
    ),
    Operation(
        "POST",
        "/api/v1/incidents/{incident_id:number}/acknowledge",
        "acknowledge",
        "Take an incident on: nobody else is told, and escalation stops (operators)",
        asked_acknowledgement,
        Acknowledgement,
        (_INCIDENT,),
        Answering,
    ),
)  # fmt: skip
