"""Where a condition goes: severity, channels and ladder, and which incident it belongs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from anfl_assets.alert.matching import Facts, matches
from anfl_assets.alert.policy import Policy, Route
from anfl_assets.store.alerts.records import IncidentPolicy

OWNER = "owner"


class Routed(NamedTuple):
    """A condition's way: the policy its incident opens with, and the incident's group."""

    policy: IncidentPolicy
    group_key: str


def routed(policy: Policy, facts: Facts) -> Routed:
    """Find the way of a condition; the first route that matches may change parts of it.

    What is true and what is made up never share an incident: its messages say which it is.
    """
    route = next((each for each in policy.routes if matches(each.match, facts)), None)
    made = _incident_policy(policy, facts, route)
    grouped = [f"{name}={getattr(facts, name)}" for name in policy.group_by]
    if facts.is_simulated:
        grouped.insert(0, "simulated")
    key = "/".join((made.route, made.severity, facts.kind, ",".join(made.ladder), *grouped))
    return Routed(made, key)


def with_severity(facts: Facts, policy: Policy) -> Facts:
    """Return the facts with the severity a route gives them, as silences and quiet hours see it."""
    route = next((each for each in policy.routes if matches(each.match, facts)), None)
    return replace(facts, severity=route.severity) if route and route.severity else facts


def _incident_policy(policy: Policy, facts: Facts, route: Route | None) -> IncidentPolicy:
    severity = policy.severities[(route and route.severity) or facts.severity]
    channels = (route and route.channels) or severity.channels
    ladder = (route and route.ladder) or severity.ladder
    people = dict.fromkeys(facts.owner if level == OWNER else level for level in ladder)
    return IncidentPolicy(
        severity=severity.name,
        channels=channels,
        ladder=tuple(people),
        response_s=_seconds(severity.response),
        escalation_s=_seconds(severity.escalation),
        update_s=severity.update_every.total_seconds(),
        acknowledged_s=_seconds(severity.acknowledged_for),
        repeats=severity.repeats,
        digest_channels=tuple(each for each in channels if each in severity.digest_channels),
        following=tuple(each for each in channels if each in policy.following),
        route=route.name if route else "default",
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
