"""From the entries of §4.2 to types: severities, the rules for all of them, our own signals.

Also the two things a metric says of its own alerts: when a breach is over, and its runbook.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from anfl_assets.catalog.alerting import (
    EQUALS,
    GROUPED,
    KINDS,
    MATCHED,
    OWN,
    AlertRules,
    ForecastRule,
    InhibitRule,
    Severity,
    Signal,
)
from anfl_assets.catalog.duration import parse_clock, parse_duration, parse_hold, parse_limit
from anfl_assets.catalog.entry import Entry, one_of
from anfl_assets.catalog.quantity import Quantity, Unit, convert, parse_quantity, parse_unit
from anfl_assets.errors import BadQuantity

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Metric

RUNBOOK = "an address (https://…) or a path below docs/"
_RUNBOOK = re.compile(r"https?://[^\s<>\"]+|docs/(?!.*\.\.)[\w./#-]+")
_DECIDED = ("rank", "ladder", "update_every", "acknowledged_for", "repeats")
_RULES = ("group_by", "flapping", "grace", "retire_after", "forecast", "inhibit", "own")
# A forecast begins to alert at even odds: what ends it must be less, or it would come and go.
_EVEN_PCT = 50


def read_severities(document: Entry) -> dict[str, Severity]:
    """Read the severities."""
    return {
        name: _severity(name, entry) for name, entry in document.child("alert_framework").children()
    }


def read_alert_rules(
    document: Entry, metrics: Mapping[str, Metric], severities: Collection[str]
) -> AlertRules:
    """Read what holds for every severity; an inhibition names metrics, signals and domains."""
    decided = document.child("alert_framework").child("decided")
    decided.only(*_RULES)
    own = {
        name: _signal(name, entry, severities) for name, entry in decided.child("own").children()
    }
    for name in own:
        if name in metrics:
            decided.child("own").fault(name, "a metric of that name", "a name of its own")
    flapping, grace = decided.child("flapping"), decided.child("grace")
    flapping.only("clears", "within", "calm")
    grace.only("gap", "length")
    known = {
        "metric": (*metrics, *own),
        "domain": (*dict.fromkeys(metric.domain for metric in metrics.values()), OWN),
        "severity": tuple(severities),
        "kind": KINDS,
    }
    return AlertRules(
        group_by=decided.choices("group_by", GROUPED),
        flapping_clears=flapping.count("clears"),
        flapping_within=flapping.parsed("within", parse_limit, "1 day"),
        flapping_calm=flapping.parsed("calm", parse_limit, "1 day"),
        grace_gap=grace.parsed("gap", parse_limit, "1 day"),
        grace_length=grace.parsed("length", parse_limit, "1 day"),
        retire_after=decided.parsed("retire_after", parse_limit, "1 day"),
        inhibit=tuple(
            _inhibit(name, entry, known) for name, entry in decided.child("inhibit").children()
        ),
        forecast=_forecast(decided.child("forecast"), severities),
        own=own,
    )


def read_recovery(decided: Entry, pair: tuple[Quantity, Quantity]) -> Quantity | None:
    """Read `recovers_at`, which must fit the metric's target and threshold."""
    if "recovers_at" not in decided.body:
        return None
    found_before = len(decided.faults)
    recovers_at = decided.parsed("recovers_at", parse_quantity, "0%")
    problem = recovery_problem(pair, recovers_at)
    if len(decided.faults) == found_before and problem:
        decided.fault("recovers_at", repr(str(recovers_at)), problem)
    return recovers_at


def recovery_problem(pair: tuple[Quantity, Quantity], recovers_at: Quantity) -> str | None:
    """Say what is wrong with a recovery level beside (target, threshold), if anything.

    Beyond the target it would hold an incident open over a value that is wanted.
    """
    target, threshold = pair
    if recovers_at.operator:
        return "no operator: a breach is over at it"
    if (recovers_at.scale_max, recovers_at.growth) != (threshold.scale_max, threshold.growth):
        return f"a quantity like the threshold {str(threshold)!r}"
    try:
        level = convert(recovers_at.value, recovers_at.unit, threshold.unit)
    except BadQuantity:
        return f"the unit of the threshold {str(threshold)!r}"
    low, high = sorted((target.value, threshold.value))
    if not low <= level <= high:
        return f"a value between the threshold {str(threshold)!r} and the target {str(target)!r}"
    return None


def read_runbook(decided: Entry) -> str | None:
    """Read where a person finds what to do."""
    if "runbook" not in decided.body:
        return None
    runbook = decided.text("runbook")
    if runbook and not is_runbook(runbook):
        decided.fault("runbook", repr(runbook), RUNBOOK)
    return runbook or None


def is_runbook(text: str) -> bool:
    """Whether a text is `RUNBOOK`."""
    return _RUNBOOK.fullmatch(text) is not None


def _severity(name: str, entry: Entry) -> Severity:
    entry.only("channels", "response_time", "escalation", "decided")
    decided = entry.child("decided")
    decided.only(*_DECIDED, "digest_channels", "digest_at")
    channels = entry.texts("channels")
    severity = Severity(
        name=name,
        rank=decided.count("rank"),
        channels=channels,
        response_time=entry.parsed("response_time", parse_duration, "None"),
        escalation=entry.parsed("escalation", parse_duration, "None"),
        ladder=decided.texts("ladder"),
        update_every=decided.parsed("update_every", parse_limit, "1 day"),
        acknowledged_for=decided.parsed("acknowledged_for", parse_duration, "None"),
        repeats=decided.count("repeats"),
        digest_channels=decided.choices("digest_channels", channels)
        if "digest_channels" in decided.body
        else (),
        digest_at=decided.parsed("digest_at", parse_clock, "00:00")
        if "digest_at" in decided.body
        else None,
    )
    if not severity.ladder and "ladder" in decided.body:
        decided.fault("ladder", "nothing", "at least one who is told")
    if bool(severity.digest_channels) != (severity.digest_at is not None):
        decided.fault("digest_at", "only one of them", "digest_channels and digest_at together")
    return severity


def _signal(name: str, entry: Entry, severities: Collection[str]) -> Signal:
    entry.only("label", "unit", "judged_on", "for", "severity", "owner")
    severity = entry.child("severity")
    severity.only("breached", "off_target")
    return Signal(
        signal_id=name,
        label=entry.text("label"),
        unit=entry.parsed("unit", parse_unit, "count"),
        grain=entry.text("judged_on"),
        hold=entry.parsed("for", parse_hold, "1 evaluation"),
        severity_breached=severity.choice("breached", severities),
        severity_off_target=severity.choice("off_target", severities)
        if "off_target" in severity.body
        else None,
        owner=entry.text("owner"),
    )


def _forecast(entry: Entry, severities: Collection[str]) -> ForecastRule:
    entry.only("severity", "ends_below")
    ends_below = entry.parsed("ends_below", parse_quantity, "0%")
    if ends_below.unit is not Unit.PERCENT or not 0 <= ends_below.value < _EVEN_PCT:
        entry.fault("ends_below", repr(str(ends_below)), f"a share below {_EVEN_PCT}%")
    return ForecastRule(entry.choice("severity", severities), ends_below.value / 100)


def _inhibit(name: str, entry: Entry, known: Mapping[str, Collection[str]]) -> InhibitRule:
    entry.only("cause", "effect", "equal")
    cause, effect = (_match(entry.child(side), known) for side in ("cause", "effect"))
    return InhibitRule(name, cause, effect, entry.choices("equal", EQUALS))


def _match(entry: Entry, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    entry.only(*MATCHED)
    matched = {key: entry.text(key) for key in entry.body if key in MATCHED}
    for key, text in matched.items():
        if key in known and text not in known[key]:
            entry.fault(key, repr(text), one_of(text, known[key]))
    return matched
