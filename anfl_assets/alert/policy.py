"""The policy: what alerts, how it is held back, whom it reaches and when they are told again.

Made of the catalog (§1, §4.2 and what it leaves open) and the organisation's own `alerts.yaml`;
`read_policy.py` does that. Types only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from anfl_assets.catalog.duration import Hold
from anfl_assets.store.alerts.records import Kind, Match


@dataclass(frozen=True)
class Watched:
    """One metric, or one of our own signals, as it alerts.

    `severity` by kind; `subject_severity` overrides it for (subject, kind). `recovers_at` is how
    good a value must be again (in the metric's unit) before a breach is over, None for the
    threshold itself. `keep_firing_for` is how long it must have been good. `feeds` bring its rows.
    """

    metric_id: str
    label: str
    domain: str
    owner: str
    hold: Hold
    severity: Mapping[Kind, str]
    subject_severity: Mapping[tuple[str, Kind], str] = field(default_factory=dict)
    recovers_at: float | None = None
    keep_firing_for: timedelta = timedelta()
    runbook: str | None = None
    feeds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SeverityPolicy:
    """A severity of §4.2; spans are None where it never comes to that.

    `update_every`: more of an open incident is told at most so often. `acknowledged_for`: what is
    acknowledged and still fires after so long is told again. `repeats`: how often the last level is
    told again. `digest_channels` collect their messages until `digest_at` (UTC).
    """

    name: str
    rank: int
    channels: tuple[str, ...]
    response: timedelta | None
    escalation: timedelta | None
    ladder: tuple[str, ...]
    update_every: timedelta
    acknowledged_for: timedelta | None
    repeats: int
    digest_channels: tuple[str, ...] = ()
    digest_at: time | None = None


@dataclass(frozen=True)
class Route:
    """Own severity, channels or ladder for what matches; the first route that matches counts."""

    name: str
    match: Match
    severity: str | None = None
    channels: tuple[str, ...] | None = None
    ladder: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Inhibition:
    """While `cause` fires, nobody is told of `effect`, where both have the same `equal`.

    `equal` names fields of a condition (subject, metric, domain, owner) or `feed`: the effect's
    rows come from the feed that is the cause's subject.
    """

    name: str
    cause: Match
    effect: Match
    equal: tuple[str, ...]


@dataclass(frozen=True)
class QuietHours:
    """Hours in which messages wait; what is judged meanwhile is judged as ever.

    `days` are 0 (Monday) to 6 of the day they begin on; `until` at or before `begin` is the next
    day.
    """

    match: Match
    days: frozenset[int]
    begin: time
    until: time
    zone: ZoneInfo


@dataclass(frozen=True)
class Maintenance:
    """Announced work: nobody is told of what matches."""

    match: Match
    start_at: datetime
    end_at: datetime
    reason: str


@dataclass(frozen=True)
class Unheard:
    """What nobody wants to be told of, for as long as the file says so."""

    match: Match
    reason: str


@dataclass(frozen=True)
class Flapping:
    """What ends `clears` times `within` a span is told once as flapping, until it is `calm`."""

    clears: int
    within: timedelta
    calm: timedelta


@dataclass(frozen=True)
class Grace:
    """After a longer `gap` between evaluations, silence counts only once `length` is over."""

    gap: timedelta
    length: timedelta


@dataclass(frozen=True)
class Policy:
    """Everything that decides; the same policy and the same readings give the same messages.

    `severities` from the worst down. `following` are channels that edit their own message.
    `unlike_feeds` bring true rows to a simulated organisation, or simulated ones to a true one.
    `retire_after`: what fires and is not judged at all for so long is closed.
    """

    watched: Mapping[str, Watched]
    severities: Mapping[str, SeverityPolicy]
    group_by: tuple[str, ...]
    inhibitions: tuple[Inhibition, ...]
    flapping: Flapping
    grace: Grace
    retire_after: timedelta
    routes: tuple[Route, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    unheard: tuple[Unheard, ...] = ()
    following: frozenset[str] = frozenset()
    organisation: str = ""
    is_simulated: bool = False
    unlike_feeds: frozenset[str] = frozenset()
    link: str | None = None
