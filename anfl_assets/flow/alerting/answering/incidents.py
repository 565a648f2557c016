"""Answering an incident: acknowledge it, or close it by hand.

Who answers second is told what the first one did: each step returns the incident as it was before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from anfl_assets.alert import by_hand
from anfl_assets.alert.policy import Policy
from anfl_assets.store.alerts.records import Incident, Outcome, State
from anfl_assets.store.alerts.store import AlertStore


def acknowledge(
    store: AlertStore,
    incident_id: int,
    policy: Policy,
    *,
    by: str,
    via: str,
    note: str = "",
    now: datetime,
) -> Incident | None:
    """Take an incident on: nobody else is told, and escalation stops.

    Returns the incident as it was before: acknowledged already where somebody was faster, which
    changes nothing; None where it is over.

    Raises:
        UnknownIncident: there is none of that number.
    """
    said = " ".join(note.split())
    through = f"{via} ({said})" if said else via

    def step(state: State) -> Outcome:
        return by_hand.acknowledge(state, incident_id, policy, by=by, via=through, now=now)

    return _answered(store, incident_id, step, now=now)


def resolve(
    store: AlertStore, incident_id: int, policy: Policy, *, by: str, reason: str, now: datetime
) -> Incident | None:
    """Close an incident by hand; what still fires in it stays quiet until it has ended.

    Returns the incident as it was before; None where it is over already.

    Raises:
        UnknownIncident: there is none of that number.
    """

    def step(state: State) -> Outcome:
        return by_hand.resolve(state, incident_id, policy, by=by, reason=reason, now=now)

    return _answered(store, incident_id, step, now=now)


def _answered(
    store: AlertStore, incident_id: int, step: Callable[[State], Outcome], *, now: datetime
) -> Incident | None:
    store.incident(incident_id)
    with store.transaction() as transaction:
        state = transaction.state(now)
        before = state.incidents.get(incident_id)
        if before is not None:
            transaction.keep(step(state), now=now)
    return before
