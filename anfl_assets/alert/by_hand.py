"""What a person does: acknowledge, resolve, silence. Each is a step like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from anfl_assets.alert import incident as incidents
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.work import begin
from anfl_assets.errors import UnknownIncident
from anfl_assets.store.alerts.records import Incident, Outcome, Silence, State


def acknowledge(
    state: State, incident_id: int, policy: Policy, *, by: str, via: str, now: datetime
) -> Outcome:
    """Take an incident on: escalation stops. Doing it twice changes nothing.

    Raises:
        UnknownIncident: no open incident has the number.
    """
    found = _open(state, incident_id)
    work = begin(state, policy, now)
    if found.acknowledged_at is None:
        work.incidents[incident_id] = incidents.acknowledged(work, found, by=by, via=via)
    return work.outcome()


def resolve(
    state: State, incident_id: int, policy: Policy, *, by: str, reason: str, now: datetime
) -> Outcome:
    """Close an incident; what still fires in it stays quiet until it has ended by itself.

    Raises:
        UnknownIncident: no open incident has the number.
    """
    found = _open(state, incident_id)
    work = begin(state, policy, now)
    for each in list(work.firing()):
        if each.incident_id == incident_id:
            closed = replace(each, incident_id=None, joined_at=None, is_closed_by_hand=True)
            work.cleared.setdefault(incident_id, []).append(closed)
            work.keep(closed, "closed_by_hand", f"by {by}: {reason}")
    work.incidents[incident_id] = incidents.over(work, found, by=f"{by} ({reason})")
    return work.outcome()


def silence(state: State, made: Silence, policy: Policy, *, now: datetime) -> Outcome:
    """Tell nobody of what matches, from now or later until it ends."""
    work = begin(state, policy, now)
    work.silences.append(made)
    until = f"until {made.ends_at:%Y-%m-%d %H:%M} UTC"
    work.decide(
        "silence_made",
        f"silence {made.silence_id} by {made.author} ({made.reason}), {until}: {made.match}",
    )
    return work.outcome()


def unsilence(state: State, silence_id: int, policy: Policy, *, by: str, now: datetime) -> Outcome:
    """End a silence now.

    Raises:
        UnknownIncident: no silence of that number has still to end.
    """
    found = next((each for each in state.silences if each.silence_id == silence_id), None)
    if found is None:
        raise UnknownIncident(
            f"no silence {silence_id} is in force; `anfl alerts list` shows those that are"
        )
    work = begin(state, policy, now)
    work.silences = [
        replace(each, ends_at=now) if each is found else each for each in work.silences
    ]
    work.decide("silence_ended", f"silence {silence_id} by {by}")
    return work.outcome()


def _open(state: State, incident_id: int) -> Incident:
    found = state.incidents.get(incident_id)
    if found is None:
        raise UnknownIncident(
            f"no incident {incident_id} is open; `anfl alerts list` shows those that are"
        )
    return found
