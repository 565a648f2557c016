"""The incidents that a metric was part of, and the stretches they are on a chart's time axis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, true

from anfl_assets.chart.types import Mark
from anfl_assets.store.alerts.records import Incident, Member
from anfl_assets.store.alerts.rows import read_member
from anfl_assets.store.alerts.state import load_incidents
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.store.alerts.tables import INCIDENTS, MEMBERS


@dataclass(frozen=True)
class IncidentOf:
    """One incident and what of it was of the metric, first joined first."""

    incident: Incident
    members: tuple[Member, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the metric in it, each once."""
        return tuple(dict.fromkeys(member.key.subject for member in self.members))

    @property
    def ended_at(self) -> datetime | None:
        """When the last of the metric's conditions cleared; None while one stands."""
        if self.incident.resolved_at is not None:
            return self.incident.resolved_at
        cleared = [member.cleared_at for member in self.members]
        known = [at for at in cleared if at is not None]
        return max(known) if known and len(known) == len(cleared) else None


def incidents_of(
    alerts: AlertStore,
    metric_id: str,
    *,
    subjects: Collection[str] = (),
    until: datetime | None = None,
    limit: int = 50,
) -> list[IncidentOf]:
    """Return the incidents of a metric, newest first; of some subjects where any are given.

    `until` leaves out those that opened later.
    """
    of_metric = MEMBERS.c.metric_id == metric_id
    wanted = select(MEMBERS.c.incident_id).where(of_metric)
    if subjects:
        wanted = wanted.where(MEMBERS.c.subject.in_(list(subjects)))
    with alerts.reading() as connection:
        opened = true() if until is None else INCIDENTS.c.opened_at <= until
        which = and_(INCIDENTS.c.incident_id.in_(wanted), opened)
        found = load_incidents(connection, which, limit)
    ids = [incident.incident_id for incident in found]
    rows = alerts.rows(
        select(MEMBERS)
        .where(of_metric, MEMBERS.c.incident_id.in_(ids))
        .order_by(MEMBERS.c.joined_at, MEMBERS.c.subject, MEMBERS.c.grain, MEMBERS.c.kind)
    )
    members = [read_member(row) for row in rows]
    return [
        IncidentOf(
            incident,
            tuple(each for each in members if each.incident_id == incident.incident_id),
        )
        for incident in found
    ]


def incident_marks(found: Sequence[IncidentOf]) -> list[Mark]:
    """Return the stretches of incidents: since the metric joined, until it was over."""
    return [
        Mark("incident", each.members[0].joined_at, each.ended_at, _named(each))
        for each in found
        if each.members
    ]


def _named(each: IncidentOf) -> str:
    first, *others = each.subjects
    more = f" and {len(others)} more" if others else ""
    return f"#{each.incident.incident_id} {first}{more}"
