"""The types of §4.2: severities, and what the specification leaves open of telling people.

Only words and spans; what an organisation changes of them, and what decides, is `alert`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from anfl_assets.catalog.duration import Duration, Hold
from anfl_assets.catalog.quantity import Unit

# What a match may name, what an incident may be grouped by, and what an inhibition may hold equal.
MATCHED = ("metric", "subject", "domain", "owner", "severity", "kind", "grain")
GROUPED = ("metric", "subject", "domain", "owner")
EQUALS = (*GROUPED, "feed")
KINDS = ("breached", "no_data", "off_target", "forecast")
# The domain that our own signals are of.
OWN = "own"


@dataclass(frozen=True)
class Severity:
    """A severity of §4.2 with its channels, timers and the ladder of people told.

    `acknowledged_for` without an end: what is acknowledged is never told again. `digest_channels`
    collect their messages until `digest_at` (UTC).
    """

    name: str
    rank: int
    channels: tuple[str, ...]
    response_time: Duration
    escalation: Duration
    ladder: tuple[str, ...]
    update_every: Duration
    acknowledged_for: Duration
    repeats: int
    digest_channels: tuple[str, ...] = ()
    digest_at: time | None = None


@dataclass(frozen=True)
class Signal:
    """Something we tell of ourselves: to alerting a metric, of the domain `own`.

    `grain` is what is judged at once. `severity_off_target` is None where it has no such state.
    """

    signal_id: str
    label: str
    unit: Unit
    grain: str
    hold: Hold
    severity_breached: str
    severity_off_target: str | None
    owner: str


@dataclass(frozen=True)
class InhibitRule:
    """While `cause` fires nobody is told of `effect`; both map what is matched to a pattern."""

    name: str
    cause: Mapping[str, str]
    effect: Mapping[str, str]
    equal: tuple[str, ...]


@dataclass(frozen=True)
class ForecastRule:
    """How a forecast alerts that foretells a breach.

    What was told is over once a newer forecast gives the breach less than `ends_below` (0 to 1).
    """

    severity: str
    ends_below: float


@dataclass(frozen=True)
class AlertRules:
    """What holds for every severity.

    What ends `flapping_clears` times within a span flaps until it is calm. An evaluation missing
    for longer than `grace_gap` was our own downtime. What is not judged for `retire_after` is gone.
    """

    group_by: tuple[str, ...]
    flapping_clears: int
    flapping_within: Duration
    flapping_calm: Duration
    grace_gap: Duration
    grace_length: Duration
    retire_after: Duration
    inhibit: tuple[InhibitRule, ...]
    forecast: ForecastRule
    own: Mapping[str, Signal]
