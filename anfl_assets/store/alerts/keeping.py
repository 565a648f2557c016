"""Keeping what a step of alerting changed; the caller's transaction makes it one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from anfl_assets.store.alerts.beats import keep_beats
from anfl_assets.store.alerts.notices import add_notices, withdraw
from anfl_assets.store.alerts.records import Incident, Outcome, Silence
from anfl_assets.store.alerts.rows import (
    ReadingTexts,
    condition_row,
    deadline_rows,
    decision_row,
    incident_row,
    member_row,
    silence_row,
)
from anfl_assets.store.alerts.tables import (
    CONDITIONS,
    DEADLINES,
    DECISIONS,
    INCIDENTS,
    MEMBERS,
    SILENCES,
)
from anfl_assets.store.alerts.upsert import delete_keys, upsert


def keep_outcome(connection: Connection, outcome: Outcome, now: datetime) -> None:
    """Keep all of it; of a step that changed nothing only the beat is written."""
    texts = ReadingTexts()
    _keep_incidents(connection, outcome.incidents)
    delete_keys(connection, CONDITIONS, [key._asdict() for key in outcome.forgotten])
    upsert(connection, CONDITIONS, [condition_row(each, texts) for each in outcome.conditions])
    upsert(connection, MEMBERS, [member_row(each, texts) for each in outcome.members])
    _keep_silences(connection, outcome.silences)
    # First: a step may take back what it says anew.
    withdraw(connection, outcome.withdrawals)
    add_notices(connection, outcome.notices, now=now)
    if outcome.decisions:
        rows = [decision_row(each, texts) for each in outcome.decisions]
        connection.execute(insert(DECISIONS), rows)
    keep_beats(connection, outcome.state.beats, outcome.state.up_since)


def next_silence_id(connection: Connection) -> int:
    """Return the number of the silence to be made."""
    last = connection.execute(select(func.max(SILENCES.c.silence_id))).scalar()
    return (last or 0) + 1


def _keep_incidents(connection: Connection, incidents: Sequence[Incident]) -> None:
    upsert(connection, INCIDENTS, [incident_row(each) for each in incidents])
    delete_keys(
        connection, DEADLINES, [{"incident_id": incident.incident_id} for incident in incidents]
    )
    upsert(connection, DEADLINES, [row for each in incidents for row in deadline_rows(each)])


def _keep_silences(connection: Connection, silences: Sequence[Silence]) -> None:
    """Keep silences; one without a number (0) is given the next."""
    for silence in silences:
        number = silence.silence_id or next_silence_id(connection)
        upsert(connection, SILENCES, [silence_row(replace(silence, silence_id=number))])
