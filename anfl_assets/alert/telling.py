"""Messages of an incident: to whom, why, and what was true when it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from anfl_assets.alert.matching import is_simulated
from anfl_assets.alert.quiet import ready_at
from anfl_assets.alert.work import Work
from anfl_assets.deliver.message import Line, Message, to_json
from anfl_assets.store.alerts.records import Condition, Incident, Notice, Reason, Target

_MOST_LINES = 10
_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


def targets_of(incident: Incident, *, first: int, last: int) -> tuple[Target, ...]:
    """Return the targets of some levels of the ladder, each once."""
    people = incident.policy.ladder[first : last + 1]
    return tuple(
        Target(channel, person) for person in people for channel in incident.policy.channels
    )


def tell(
    work: Work,
    incident: Incident,
    reason: Reason,
    targets: Iterable[Target],
    *,
    about: Sequence[Condition],
    note: str,
) -> Incident:
    """Put one message for each target into the outbox; return the incident that counts them."""
    firing = about if reason != "recovery" else ()
    message = _message(work, incident, reason, about, firing_count=len(firing))
    ready = ready_for(work, incident, about)
    for target in targets:
        incident = replace(incident, notices=incident.notices + 1)
        is_digest = target.channel in incident.policy.digest_channels
        work.notices.append(
            Notice(
                send_key=f"{incident.dedup_key}/{incident.notices}",
                incident_id=incident.incident_id,
                reason=reason,
                target=target,
                not_before=_digest_at(work, incident, ready) if is_digest else ready,
                body=to_json(replace(message, level=target.recipient, note=note)),
                is_digest=is_digest,
            )
        )
    return incident


def ready_for(work: Work, incident: Incident, about: Sequence[Condition]) -> datetime:
    """Return when a message about these may go out: now, or after the shortest quiet hours."""
    if not about or not work.policy.quiet_hours:
        return work.now
    severity = incident.policy.severity
    all_facts = (replace(work.facts(each), severity=severity) for each in about)
    return min(ready_at(work.policy, facts, work.now) for facts in all_facts)


def _digest_at(work: Work, incident: Incident, ready: datetime) -> datetime:
    at = work.policy.severities[incident.policy.severity].digest_at
    if at is None:
        return ready
    today = ready.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today >= ready else today + _DAY


def _message(
    work: Work,
    incident: Incident,
    reason: Reason,
    about: Sequence[Condition],
    *,
    firing_count: int,
) -> Message:
    policy = work.policy
    shown = sorted(about, key=_urgency)[:_MOST_LINES]
    watched = policy.watched[about[0].key.metric_id] if about else None
    return Message(
        reason=reason,
        severity=incident.policy.severity,
        at=work.now,
        dedup_key=incident.dedup_key,
        lines=tuple(_line(work, each, is_over=_is_over(each, reason)) for each in shown),
        incident_id=incident.incident_id,
        opened_at=incident.opened_at,
        line_count=max(incident.member_count, len(about)),
        firing_count=firing_count,
        suppressed_count=work.suppressed[incident.incident_id],
        owner=watched.owner if watched else "",
        runbook=watched.runbook if watched else None,
        link=f"{policy.link}{_page(incident, about)}" if policy.link else None,
        acknowledged_by=incident.acknowledged_by,
        organisation=policy.organisation,
        is_simulated=any(is_simulated(policy, each.reading) for each in about)
        if about
        else policy.is_simulated,
    )


def _urgency(condition: Condition) -> tuple[str, datetime, str]:
    """Order lines by metric and subject; of what is foretold the soonest comes first."""
    key = condition.key
    return key.metric_id, condition.reading.due_at or _NEVER, key.subject


def _page(incident: Incident, about: Sequence[Condition]) -> str:
    """Return the page that shows it: a forecast is drawn on its metric's."""
    if incident.kind != "forecast" or not about:
        return f"/incidents/{incident.incident_id}"
    metric_id = quote(about[0].key.metric_id, safe="")
    subjects = {each.key.subject for each in about}
    if len(subjects) > 1:
        return f"/metrics/{metric_id}#forecast"
    asked = urlencode({"subject": subjects.pop()}, errors="replace")
    return f"/metrics/{metric_id}?{asked}#forecast"


def _is_over(condition: Condition, reason: Reason) -> bool:
    """Whether it has ended; what a person closed goes on."""
    return reason == "recovery" and not condition.is_closed_by_hand


def _line(work: Work, condition: Condition, *, is_over: bool) -> Line:
    reading = condition.reading
    return Line(
        metric_id=reading.metric_id,
        label=work.policy.watched[reading.metric_id].label,
        subject=reading.subject,
        grain=reading.grain,
        status=reading.status if is_over else condition.key.kind,
        value=None if condition.verdict == "retired" else reading.value,
        unit=reading.unit,
        target=reading.target,
        target_operator=reading.target_operator,
        threshold=reading.threshold,
        since=condition.pending_since if reading.since is None else reading.since,
        window_end_at=reading.window_end_at,
        is_over=is_over,
        detail=reading.detail,
    )
