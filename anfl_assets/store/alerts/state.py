"""Loading what a step of alerting starts from."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from anfl_assets.store.alerts.beats import newest_spans
from anfl_assets.store.alerts.records import Deadline, Incident, State, Target
from anfl_assets.store.alerts.rows import read_condition, read_incident, read_silence
from anfl_assets.store.alerts.tables import CONDITIONS, DEADLINES, INCIDENTS, OUTBOX, SILENCES


def load_state(connection: Connection, now: datetime) -> State:
    """Return every condition, the open incidents and the silences that have not ended."""
    conditions = map(read_condition, connection.execute(select(CONDITIONS)).mappings())
    incidents = load_incidents(connection, INCIDENTS.c.resolved_at.is_(None))
    standing = select(SILENCES).where(SILENCES.c.ends_at > now).order_by(SILENCES.c.silence_id)
    last = connection.execute(select(func.max(INCIDENTS.c.incident_id))).scalar()
    spans = [span for _, span in newest_spans(connection).values()]
    return State(
        conditions={condition.key: condition for condition in conditions},
        incidents={incident.incident_id: incident for incident in incidents},
        silences=tuple(map(read_silence, connection.execute(standing).mappings())),
        next_incident_id=(last or 0) + 1,
        beats={span.evaluator: span.last_at for span in spans},
        up_since={span.evaluator: span.first_at for span in spans},
    )


def load_incidents(
    connection: Connection, which: ColumnElement[bool], limit: int | None = None
) -> list[Incident]:
    """Return incidents, newest first, with their deadlines and who was told of them."""
    query = select(INCIDENTS).where(which).order_by(INCIDENTS.c.incident_id.desc()).limit(limit)
    rows = connection.execute(query).mappings().all()
    if not rows:
        return []
    ids = select(query.with_only_columns(INCIDENTS.c.incident_id).subquery())
    deadlines = _deadlines(connection, ids)
    reached = or_(OUTBOX.c.state.in_(("sent", "claimed")), OUTBOX.c.is_uncertain)
    told = _targets(connection, ids, reached)
    queued = _targets(connection, ids, OUTBOX.c.state == "waiting")
    return [
        read_incident(
            row,
            deadlines=deadlines[row["incident_id"]],
            told=told[row["incident_id"]],
            queued=queued[row["incident_id"]],
        )
        for row in rows
    ]


def _deadlines(connection: Connection, ids: Select[tuple[int]]) -> dict[int, list[Deadline]]:
    table = DEADLINES.c
    query = select(DEADLINES).where(table.incident_id.in_(ids)).order_by(table.position)
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.incident_id].append(Deadline(row.step, row.due_at))
    return found


def _targets(
    connection: Connection, ids: Select[tuple[int]], which: ColumnElement[bool]
) -> dict[int, list[Target]]:
    """Return per incident whom its messages of this kind are for, in the order they were made."""
    table = OUTBOX.c
    target = (table.incident_id, table.channel, table.recipient)
    query = (
        select(*target)
        .where(table.incident_id.in_(ids), which)
        .group_by(*target)
        .order_by(func.min(table.notice_id))
    )
    found: dict[int, list[Target]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.incident_id].append(Target(row.channel, row.recipient))
    return found
