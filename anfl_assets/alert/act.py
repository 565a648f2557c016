"""What people do in a replay or a policy test, and when: a script instead of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.alert.by_hand import acknowledge, silence
from anfl_assets.alert.matching import facts_of, matches
from anfl_assets.alert.policy import Policy
from anfl_assets.store.alerts.records import Match, Outcome, Silence, State

VIA = "script"
ANYTHING = Match()


@dataclass(frozen=True)
class Acknowledge:
    """At a moment, somebody acknowledges every open incident that matches, or the one named."""

    at: datetime
    by: str
    match: Match = ANYTHING
    incident_id: int | None = None

    def done(self, state: State, policy: Policy) -> list[Outcome]:
        """Return what it changes, one outcome after the other."""
        meant = [
            incident_id
            for incident_id in state.incidents
            if self.incident_id in (None, incident_id)
            and concerns(self.match, state, policy, incident_id)
        ]
        found: list[Outcome] = []
        for incident_id in meant:
            found.append(acknowledge(state, incident_id, policy, by=self.by, via=VIA, now=self.at))
            state = found[-1].state
        return found


@dataclass(frozen=True)
class AcknowledgeAfter:
    """Every incident that matches is acknowledged so long after its first message was sent."""

    after: timedelta
    by: str
    match: Match = ANYTHING


@dataclass(frozen=True)
class Hush:
    """At a moment, somebody silences what matches."""

    at: datetime
    made: Silence

    def done(self, state: State, policy: Policy) -> list[Outcome]:
        """Return what it changes."""
        return [silence(state, self.made, policy, now=self.at)]


Act = Acknowledge | Hush


def concerns(match: Match, state: State, policy: Policy, incident_id: int) -> bool:
    """Whether anything that belongs to an incident now matches."""
    return any(
        matches(match, facts_of(key, condition.reading, policy))
        for key, condition in state.conditions.items()
        if condition.incident_id == incident_id
    )
