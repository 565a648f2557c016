"""Making the policy of the catalog and of what an organisation writes in its `alerts.yaml`.

Every fault is noted in the section, all in one pass; whoever reads the file refuses it then. What
the specification itself says of a severity is not for an organisation to change: a route may send
elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from anfl_assets.alert.policy import Flapping, Grace, Policy, SeverityPolicy
from anfl_assets.alert.read_match import Names, names_of
from anfl_assets.alert.read_rules import (
    ladder_at,
    read_inhibitions,
    read_maintenance,
    read_quiet_hours,
    read_routes,
    read_unheard,
)
from anfl_assets.alert.read_value import parsed, repeats, span, span_or_never, words
from anfl_assets.alert.read_watched import read_watched
from anfl_assets.catalog import Catalog, Duration, Severity, parse_clock
from anfl_assets.catalog.alerting import GROUPED
from anfl_assets.config.section import Section

# The keys of alerts.yaml that are policy; the others say how channels and people are reached.
KEYS = (
    "group_by",
    "metrics",
    "routes",
    "inhibit",
    "quiet_hours",
    "maintenance",
    "mute",
    "flapping",
    "severities",
)
_SPECIFIED = ("channels", "response_time", "escalation")
_OPEN = ("update_every", "acknowledged_for", "repeats", "ladder", "digest_channels", "digest_at")
_MOST_CLEARS = 100


def read_policy(
    catalog: Catalog,
    section: Section | None,
    *,
    feeds: Mapping[str, frozenset[str]],
    following: frozenset[str] = frozenset(),
    organisation: str = "",
    is_simulated: bool = False,
    link: str | None = None,
) -> Policy:
    """Return the policy; where the section has got faults it is not to be used.

    `feeds` says of a metric which feeds bring its rows, `following` which channels are told of
    acknowledgements. Keys that are no policy are left alone.
    """
    section = section or Section("alerts.yaml", "", {})
    names = names_of(catalog, section)
    rules = catalog.alert_rules
    return Policy(
        watched=read_watched(section, names, feeds),
        severities=_severities(section, names),
        group_by=words(section, "group_by", GROUPED) or rules.group_by,
        inhibitions=read_inhibitions(section, names),
        flapping=_flapping(section, catalog),
        grace=Grace(_length(rules.grace_gap), _length(rules.grace_length)),
        retire_after=_length(rules.retire_after),
        routes=read_routes(section, names),
        quiet_hours=read_quiet_hours(section, names),
        maintenance=tuple(read_maintenance(section, names)),
        unheard=tuple(read_unheard(section, names)),
        following=following,
        organisation=organisation,
        is_simulated=is_simulated,
        link=link,
    )


def _severities(section: Section, names: Names) -> dict[str, SeverityPolicy]:
    """Return the severities from the worst down, with what the file says of them."""
    ranked = sorted(names.catalog.severities.values(), key=lambda each: -each.rank)
    own = section.section("severities") or section.inner("severities", {})
    own.only(names.severities)
    return {each.name: _severity(own.section(each.name), own, each) for each in ranked}


def _severity(own: Section | None, beside: Section, severity: Severity) -> SeverityPolicy:
    section = own or beside.inner(severity.name, {})
    for key in _SPECIFIED:
        if key in section.content:
            section.fault(key, "what the specification leaves open; a route may send elsewhere")
    section.only((*_OPEN, *_SPECIFIED))
    digest_channels = words(section, "digest_channels", severity.channels)
    policy = SeverityPolicy(
        name=severity.name,
        rank=severity.rank,
        channels=severity.channels,
        response=severity.response_time.timedelta,
        escalation=severity.escalation.timedelta,
        ladder=ladder_at(section) or severity.ladder,
        update_every=span(section, "update_every", _length(severity.update_every)),
        acknowledged_for=span_or_never(
            section, "acknowledged_for", severity.acknowledged_for.timedelta
        ),
        repeats=repeats(section, "repeats", severity.repeats),
        digest_channels=severity.digest_channels if digest_channels is None else digest_channels,
        digest_at=parsed(section, "digest_at", parse_clock) or severity.digest_at,
    )
    if policy.digest_channels and policy.digest_at is None:
        section.fault("digest_at", 'when the digest is mailed, such as "07:00" (UTC)')
    return policy


def _flapping(section: Section, catalog: Catalog) -> Flapping:
    rules = catalog.alert_rules
    own = section.section("flapping") or section.inner("flapping", {})
    own.only(("clears", "within", "calm"))
    return Flapping(
        clears=own.count("clears", default=rules.flapping_clears, most=_MOST_CLEARS),
        within=span(own, "within", _length(rules.flapping_within)),
        calm=span(own, "calm", _length(rules.flapping_calm)),
    )


def _length(duration: Duration) -> timedelta:
    """Return a length the catalog was held to have an end."""
    return duration.timedelta or timedelta()
