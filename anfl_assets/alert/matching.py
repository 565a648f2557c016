"""What is known of a condition when somebody asks which ones are meant, and the asking."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from anfl_assets.alert.policy import Policy
from anfl_assets.catalog.alerting import OWN
from anfl_assets.store.alerts.records import ConditionKey, Match, Reading


@dataclass(frozen=True, slots=True)
class Facts:
    """What patterns are held against; `feed` is the feed that brings it, where one can be named."""

    metric: str
    subject: str
    domain: str
    owner: str
    severity: str
    kind: str
    grain: str
    feed: str | None = None
    is_simulated: bool = False


def facts_of(key: ConditionKey, reading: Reading, policy: Policy) -> Facts:
    """Gather the facts of a condition of a watched metric; a route may change its severity."""
    watched = policy.watched[key.metric_id]
    severity = watched.subject_severity.get((key.subject, key.kind)) or watched.severity[key.kind]
    return Facts(
        metric=key.metric_id,
        subject=key.subject,
        domain=watched.domain,
        owner=watched.owner,
        severity=severity,
        kind=key.kind,
        grain=key.grain,
        feed=reading.feed,
        is_simulated=is_simulated(policy, reading),
    )


def is_simulated(policy: Policy, reading: Reading) -> bool:
    """Whether it is made up; what we tell of ourselves is true, whoever we work for."""
    if not reading.feed and policy.watched[reading.metric_id].domain == OWN:
        return False
    return policy.is_simulated != (reading.feed in policy.unlike_feeds)


def matches(match: Match, facts: Facts) -> bool:
    """Whether every given pattern fits; no pattern at all fits everything."""
    return (
        _fits(match.metric, facts.metric)
        and _fits(match.subject, facts.subject)
        and _fits(match.domain, facts.domain)
        and _fits(match.owner, facts.owner)
        and _fits(match.severity, facts.severity)
        and _fits(match.kind, facts.kind)
        and _fits(match.grain, facts.grain)
    )


def _fits(pattern: str | None, value: str) -> bool:
    return pattern is None or fnmatchcase(value, pattern)
