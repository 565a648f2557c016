"""What the API answers, as types: the descriptions in OpenAPI are made of them.

Times are ISO 8601 in UTC; values, targets and thresholds are in `unit`; None is `null`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from anfl_assets.catalog import Metric
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.store.alerts.records import Condition, Incident


@dataclass(frozen=True)
class StatusRow:
    """One line of the board, as `anfl status --json` has it."""

    metric_id: str
    subject: str
    value: float | None
    unit: str
    target: float
    target_operator: str
    threshold: float
    status: str
    since: datetime | None
    window_start_at: datetime | None
    window_end_at: datetime | None
    grain: str
    change: float | None
    sample_count: int
    staleness_s: float | None
    severity: str | None
    is_whole: bool


@dataclass(frozen=True)
class MetricAnswer:
    """One metric of the catalog."""

    metric_id: str
    description: str
    statistic: str
    unit: str
    target: str
    threshold: str
    direction: str
    aliases: Sequence[str]
    owner: str
    collection: str
    grains: Sequence[str]


@dataclass(frozen=True)
class Window:
    """One observed window of one subject; `status` is null where this grain is not judged."""

    subject: str
    window_start_at: datetime
    window_end_at: datetime
    value: float | None
    numerator: float | None
    denominator: float | None
    sample_count: int
    status: str | None


@dataclass(frozen=True)
class History:
    """Windows of one metric at one grain, by subject, oldest first; `grains` it is observed at."""

    metric_id: str
    unit: str
    grain: str
    grains: Sequence[str]
    build_id: str
    windows: Sequence[Window]


@dataclass(frozen=True)
class Firing:
    """Something that is wrong in an incident."""

    metric_id: str
    subject: str
    grain: str
    kind: str
    phase: str
    value: float | None
    unit: str
    since: datetime


@dataclass(frozen=True)
class IncidentAnswer:
    """One incident, with what fires in it."""

    incident_id: int
    severity: str
    kind: str
    is_open: bool
    opened_at: datetime
    told_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    muted_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    firing: Sequence[Firing]


@dataclass(frozen=True)
class Acknowledgement:
    """What came of an acknowledgement: false in `is_first` where somebody had done it before."""

    incident_id: int
    acknowledged_by: str
    acknowledged_at: datetime
    is_first: bool


@dataclass(frozen=True)
class Refusal:
    """Why something was not answered."""

    error: str


def status_row(row: BoardRow, now: datetime) -> StatusRow:
    """Return a line of the board; its age is of `now`."""
    told: dict[str, Any] = {
        each.name: getattr(row, each.name)
        for each in fields(StatusRow)
        if each.name != "staleness_s"
    }
    ended_at = row.window_end_at
    age_s = None if ended_at is None else max((now - ended_at).total_seconds(), 0.0)
    return StatusRow(**told, staleness_s=age_s)


def metric_answer(metric: Metric) -> MetricAnswer:
    """Return a metric as programs see it."""
    return MetricAnswer(
        metric_id=metric.metric_id,
        description=metric.description,
        statistic=metric.statistic,
        unit=metric.unit.value,
        target=str(metric.target),
        threshold=str(metric.threshold),
        direction=metric.direction,
        aliases=metric.aliases,
        owner=metric.owner,
        collection=str(metric.collection),
        grains=metric.grains,
    )


def incident_answer(incident: Incident, firing: Sequence[Condition]) -> IncidentAnswer:
    """Return an incident with the conditions that fire in it."""
    told: dict[str, Any] = {
        each.name: getattr(incident, each.name)
        for each in fields(IncidentAnswer)
        if each.name not in {"severity", "firing"}
    }
    return IncidentAnswer(
        **told,
        severity=incident.policy.severity,
        firing=[
            Firing(
                **each.key._asdict(),
                phase=each.phase,
                value=each.reading.value,
                unit=each.reading.unit,
                since=each.pending_since,
            )
            for each in firing
        ],
    )
