"""What people ask of alerting's state: incidents, messages, decisions, silences, beats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, true

from anfl_assets.errors import UnknownIncident
from anfl_assets.store.alerts.beats import Span, newest_spans
from anfl_assets.store.alerts.database import Database
from anfl_assets.store.alerts.outbox import COLUMNS, Outgoing, read_outgoing
from anfl_assets.store.alerts.records import Condition, Decision, Incident, Member, Silence
from anfl_assets.store.alerts.rows import (
    read_condition,
    read_decision,
    read_member,
    read_silence,
)
from anfl_assets.store.alerts.state import load_incidents
from anfl_assets.store.alerts.tables import (
    CONDITIONS,
    DECISIONS,
    EVALUATIONS,
    INCIDENTS,
    MEMBERS,
    OUTBOX,
    SILENCES,
)

_DASHBOARD = "Dashboard"


class Reads(Database):
    """Reading alerting's state; nobody who writes is kept waiting."""

    def open_incidents(self) -> list[Incident]:
        """Return the incidents that are not over, newest first."""
        with self.reading() as connection:
            return load_incidents(connection, INCIDENTS.c.resolved_at.is_(None))

    def incidents(self, limit: int = 100) -> list[Incident]:
        """Return incidents, open or over, newest first."""
        with self.reading() as connection:
            return load_incidents(connection, true(), limit)

    def incident(self, incident_id: int) -> Incident:
        """Return one incident.

        Raises:
            UnknownIncident: there is none of that number.
        """
        with self.reading() as connection:
            found = load_incidents(connection, INCIDENTS.c.incident_id == incident_id)
        if not found:
            message = (
                f"found no incident {incident_id}; `anfl alerts list --all` shows those there are"
            )
            raise UnknownIncident(message)
        return found[0]

    def members(self, incident_id: int) -> list[Member]:
        """Return what belongs to an incident, first joined first."""
        table = MEMBERS.c
        query = select(MEMBERS).where(table.incident_id == incident_id)
        order = (table.joined_at, table.metric_id, table.subject, table.grain, table.kind)
        return [read_member(row) for row in self.rows(query.order_by(*order))]

    def members_among(self, incident_ids: Sequence[int]) -> dict[int, list[Member]]:
        """Return what belongs to each of several incidents, first joined first."""
        table = MEMBERS.c
        query = select(MEMBERS).where(table.incident_id.in_(incident_ids))
        order = (table.joined_at, table.metric_id, table.subject, table.grain, table.kind)
        found: dict[int, list[Member]] = {number: [] for number in incident_ids}
        for row in self.rows(query.order_by(*order)):
            found[row["incident_id"]].append(read_member(row))
        return found

    def conditions(self) -> list[Condition]:
        """Return everything that is, or was just now, wrong."""
        table = CONDITIONS.c
        order = (table.metric_id, table.subject, table.grain, table.kind)
        return [read_condition(row) for row in self.rows(select(CONDITIONS).order_by(*order))]

    def notice(self, notice_id: int) -> Outgoing | None:
        """Return one message of the outbox."""
        return next(iter(self._notices(OUTBOX.c.notice_id == notice_id)), None)

    def notices(self, incident_id: int) -> list[Outgoing]:
        """Return the messages of an incident, in the order they were made."""
        return self._notices(OUTBOX.c.incident_id == incident_id)

    def waiting(self) -> list[Outgoing]:
        """Return the messages that are to be sent or are being sent."""
        return self._notices(OUTBOX.c.state.in_(("waiting", "claimed")))

    def refused_since(self, since: datetime) -> list[Outgoing]:
        """Return the messages made since a moment that a provider will never take."""
        return self._notices(and_(OUTBOX.c.state == "refused", OUTBOX.c.made_at >= since))

    def feed(self, limit: int = 100) -> list[Outgoing]:
        """Return the messages of the Dashboard, newest first."""
        which = and_(OUTBOX.c.channel == _DASHBOARD, OUTBOX.c.state == "sent")
        newest = (OUTBOX.c.sent_at.desc(), OUTBOX.c.notice_id.desc())
        query = select(*COLUMNS).where(which).order_by(*newest).limit(limit)
        return [read_outgoing(row) for row in self.rows(query)]

    def decisions(
        self,
        *,
        incident_id: int | None = None,
        metric_id: str | None = None,
        subject: str | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> list[Decision]:
        """Return lines of the log, newest first; those that match all that is given."""
        table = DECISIONS.c
        asked = {table.incident_id: incident_id, table.metric_id: metric_id, table.subject: subject}
        query = select(DECISIONS).where(
            *(column == value for column, value in asked.items() if value is not None),
            *([] if until is None else [table.at <= until]),
        )
        newest = query.order_by(table.at.desc(), table.decision_id.desc()).limit(limit)
        return [read_decision(row) for row in self.rows(newest)]

    def silences(self, at: datetime) -> list[Silence]:
        """Return the silences that hold at a moment."""
        table = SILENCES.c
        holding = select(SILENCES).where(table.starts_at <= at, table.ends_at > at)
        return [read_silence(row) for row in self.rows(holding.order_by(table.silence_id))]

    def all_silences(self, limit: int = 100) -> list[Silence]:
        """Return silences, newest first, also those to come and those that have ended."""
        query = select(SILENCES).order_by(SILENCES.c.silence_id.desc()).limit(limit)
        return [read_silence(row) for row in self.rows(query)]

    def beats(self) -> dict[str, datetime]:
        """Return when each evaluator last ran, or was last alive."""
        with self.reading() as connection:
            return {name: span.last_at for name, (_, span) in newest_spans(connection).items()}

    def evaluated_at(self, evaluator: str, at: datetime) -> Span | None:
        """Return the unbroken stretch of evaluations a moment is in, None where nothing ran."""
        table = EVALUATIONS.c
        query = (
            select(table.evaluator, table.first_at, table.last_at, table.count)
            .where(table.evaluator == evaluator, table.first_at <= at, table.last_at >= at)
            .order_by(table.span_id.desc())
            .limit(1)
        )
        return next((Span(**row) for row in self.rows(query)), None)

    def _notices(self, which: ColumnElement[bool]) -> list[Outgoing]:
        query = select(*COLUMNS).where(which).order_by(OUTBOX.c.notice_id)
        return [read_outgoing(row) for row in self.rows(query)]
