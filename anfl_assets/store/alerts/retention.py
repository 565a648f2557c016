"""How long alerting remembers: what is over is deleted, what is open never."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select

from anfl_assets.store.alerts.database import Database
from anfl_assets.store.alerts.tables import (
    ATTEMPTS,
    DECISIONS,
    EVALUATIONS,
    INCIDENTS,
    MEMBERS,
    OUTBOX,
    SILENCES,
)

_OVER = ("sent", "refused", "withdrawn")


class Retention(Database):
    """Deleting what is old."""

    def tidy(self, before: datetime) -> int:
        """Delete what ended before a moment, and return how many rows that was.

        Incidents themselves stay, as do all decisions, messages and members of open ones, and each
        evaluator's last stretch: it tells how long we were down.
        """
        table = INCIDENTS.c
        is_over = and_(table.resolved_at.is_not(None), table.resolved_at < before)
        over = select(table.incident_id).where(is_over)
        current = select(table.incident_id).where(~is_over)
        done = and_(
            OUTBOX.c.state.in_(_OVER),
            OUTBOX.c.made_at < before,
            or_(OUTBOX.c.incident_id.is_(None), OUTBOX.c.incident_id.not_in(current)),
        )
        log = and_(
            DECISIONS.c.at < before,
            or_(DECISIONS.c.incident_id.is_(None), DECISIONS.c.incident_id.not_in(current)),
        )
        last = select(func.max(EVALUATIONS.c.span_id)).group_by(EVALUATIONS.c.evaluator)
        spans = and_(EVALUATIONS.c.last_at < before, EVALUATIONS.c.span_id.not_in(last))
        attempts = ATTEMPTS.c.notice_id.in_(select(OUTBOX.c.notice_id).where(done))
        statements = (
            delete(ATTEMPTS).where(attempts),
            delete(OUTBOX).where(done),
            delete(MEMBERS).where(MEMBERS.c.incident_id.in_(over)),
            delete(DECISIONS).where(log),
            delete(SILENCES).where(SILENCES.c.ends_at < before),
            delete(EVALUATIONS).where(spans),
        )
        with self.writing() as connection:
            return sum(connection.execute(statement).rowcount for statement in statements)
