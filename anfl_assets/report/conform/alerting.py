"""Checks of §4.2 and of alert generation (§2.2): what the state of alerting shows has happened."""

from __future__ import annotations

from anfl_assets.catalog.duration import Duration
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding, OpenedFacts
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.words import counted, moment

_NEVER = f"{NOTHING} nothing was evaluated yet; `anfl up` does"


def generation(_: Line, live: Evidence) -> Finding:
    """Metrics are judged by the policy."""
    watched = len(live.catalog.metrics) + len(live.catalog.alert_rules.own)
    configuration = f"{counted(watched, 'metric')} and signals watched"
    alerts = live.alerts
    if alerts is None or alerts.evaluated_at is None:
        return Finding("missing", configuration, _NEVER)
    firing = f"{counted(alerts.firing, 'condition')} firing"
    incidents = f"{counted(alerts.open_incidents, 'incident')} open"
    told = f"{firing}, {incidents}, last evaluated {moment(alerts.evaluated_at)}"
    return Finding("ok", configuration, told)


def channel(line: Line, live: Evidence) -> Finding:
    """The channel has taken a message or its daily proof; the sandbox counts, and is said so."""
    severity = live.catalog.severities[line.path[1]]
    configuration = f"{' → '.join(severity.ladder)} by {line.value}"
    sent = live.alerts.sent.get(line.value) if live.alerts else None
    if live.alerts is None or sent is None:
        how = f"{NOTHING} it took no message yet; `anfl alerts test {line.value}`"
        return Finding("missing", configuration, how)
    if line.value not in live.alerts.own_channels:
        configuration += " (the sandbox)"
    took = f"{counted(sent.messages, 'message')}, {counted(sent.proofs, 'proof')}"
    return Finding("ok", configuration, f"{took}, last {moment(sent.last_at)}")


def response_time(line: Line, live: Evidence) -> Finding:
    """An incident of the severity opened with this time to answer it."""
    severity = live.catalog.severities[line.path[1]]
    span = severity.response_time
    same = [each for each in _opened(live, severity.name) if each.response_s == span.seconds]
    told = f"{sum(each.missed for each in same)} not answered in time"
    return _span(severity.name, span, same, told)


def escalation(line: Line, live: Evidence) -> Finding:
    """An incident of the severity opened with this time until the next level is told."""
    severity = live.catalog.severities[line.path[1]]
    span = severity.escalation
    same = [each for each in _opened(live, severity.name) if each.escalation_s == span.seconds]
    told = f"{sum(each.escalated for each in same)} escalated"
    return _span(severity.name, span, same, told)


def _opened(live: Evidence, severity: str) -> list[OpenedFacts]:
    opened = live.alerts.opened if live.alerts else ()
    return [each for each in opened if each.severity == severity]


def _span(severity: str, span: Duration, same: list[OpenedFacts], told: str) -> Finding:
    configuration = "never" if span.is_endless else f"{span}, a deadline kept in the state"
    if not same:
        return Finding("missing", configuration, f"{NOTHING} no {severity} incident opened yet")
    opened = counted(sum(each.opened for each in same), "incident")
    last = moment(max(each.last_at for each in same))
    return Finding("ok", configuration, f"{opened}, {told}, last opened {last}")
