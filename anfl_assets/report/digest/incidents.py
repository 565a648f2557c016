"""The incidents of the last day, as they were known at a moment: opened, answered, ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from anfl_assets.report.digest.content import IncidentTold
from anfl_assets.report.metric_words import subject_title
from anfl_assets.store.alerts.records import Incident, Member
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import span

_DAY = timedelta(days=1)
# So many are looked through; a day with more has other troubles.
_MOST = 1_000
_NAME_LENGTH = 80


def told_incidents(store: AlertStore, *, at: datetime) -> tuple[IncidentTold, ...]:
    """Return the incidents that were open within a day before `at`, newest first."""
    since = at - _DAY
    return tuple(
        _told(incident, store.members(incident.incident_id), at)
        for incident in store.incidents(_MOST)
        if incident.opened_at <= at
        and (incident.resolved_at is None or incident.resolved_at >= since)
    )


def answered(told: IncidentTold) -> str:
    """Say how long it took until somebody acknowledged it."""
    if told.acknowledged_at is None:
        return "not acknowledged"
    by = f" by {one_line(told.acknowledged_by, 40)}" if told.acknowledged_by else ""
    return f"after {span(told.acknowledged_at - told.opened_at)}{by}"


def ended(told: IncidentTold, *, at: datetime) -> str:
    """Say how long it lasted, or that it goes on."""
    if told.ended_at is None:
        return f"open for {span(at - told.opened_at)}"
    return f"after {span(told.ended_at - told.opened_at)}"


def _told(incident: Incident, members: list[Member], at: datetime) -> IncidentTold:
    keys = [member.key for member in members]
    first = subject_title(keys[0].metric_id, keys[0].subject) if keys else incident.group_key
    return IncidentTold(
        incident_id=incident.incident_id,
        severity=incident.policy.severity,
        what=one_line(first, _NAME_LENGTH),
        more=max(len(keys) - 1, 0),
        metric_ids=tuple(dict.fromkeys(key.metric_id for key in keys)),
        opened_at=incident.opened_at,
        acknowledged_at=_known(incident.acknowledged_at, at),
        acknowledged_by=incident.acknowledged_by,
        ended_at=_known(incident.resolved_at, at),
    )


def _known(moment: datetime | None, at: datetime) -> datetime | None:
    return None if moment is None or moment > at else moment
