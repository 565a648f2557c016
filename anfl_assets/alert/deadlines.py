"""What falls due on an open incident: the response time, the escalation, the reminder (§4.2).

Without an acknowledgement the same people are told once more at the response time, and the next
level of the ladder at the escalation time, each step once however late it is performed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.alert.telling import ready_for, targets_of, tell
from anfl_assets.alert.work import Work
from anfl_assets.store.alerts.records import Condition, Deadline, DeadlineStep, Incident
from anfl_assets.wording.numbers import span


def clocks(incident: Incident, ready: datetime) -> tuple[Deadline, ...]:
    """Return the deadlines of an incident that people are told of at `ready`."""
    policy = incident.policy
    spans: tuple[tuple[DeadlineStep, float | None], ...] = (
        ("respond", policy.response_s),
        ("escalate", policy.escalation_s),
    )
    return tuple(
        Deadline(step, ready + timedelta(seconds=span)) for step, span in spans if span is not None
    )


def performed(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    """Do what is due by now, the oldest first; `audible` are the conditions to tell of."""
    for deadline in _due(incident, work.now):
        incident = _PERFORMED[deadline.step](work, incident, audible)
    return incident


def is_due(incident: Incident, step: DeadlineStep, now: datetime) -> bool:
    """Whether a step of an incident is to be performed by now."""
    return any(each.step == step for each in _due(incident, now))


def without(incident: Incident, step: DeadlineStep) -> Incident:
    """Return the incident without its deadline of a step."""
    kept = tuple(each for each in incident.deadlines if each.step != step)
    return replace(incident, deadlines=kept)


def with_deadline(incident: Incident, deadline: Deadline) -> Incident:
    """Return the incident with a deadline, in place of the one of that step."""
    kept = without(incident, deadline.step).deadlines
    return replace(incident, deadlines=(*kept, deadline))


def named(targets: Sequence[tuple[str, str]]) -> str:
    """Return targets in words of the log: `SMS to on_call, Email to ml`."""
    return ", ".join(f"{channel} to {person}" for channel, person in targets) or "nobody"


def _respond(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    """Tell the same people once more and record that nobody answered in time.

    They hear how many there are by now, so it is an update as well, but for who reads the digest.
    """
    length = timedelta(seconds=incident.policy.response_s or 0)
    targets = tuple(
        target
        for target in targets_of(incident, first=incident.level, last=incident.level)
        if target.channel not in incident.policy.digest_channels
    )
    note = f"nobody acknowledged it within {span(length)}"
    work.decide("response_missed", note, incident_id=incident.incident_id)
    incident = tell(work, incident, "repeat", targets, about=audible, note=note)
    work.decide("repeated", named(targets), incident_id=incident.incident_id)
    incident = replace(without(incident, "respond"), response_missed_at=work.now)
    if incident.policy.digest_channels:
        return incident
    incident = without(incident, "update")
    return replace(incident, told_at=work.now, told_members=incident.member_count)


def _escalate(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    """Tell the next level on all its channels; at the top the last one again, a few times."""
    policy, number = incident.policy, incident.incident_id
    incident = without(incident, "escalate")
    is_top = incident.level + 1 >= len(policy.ladder)
    if is_top and incident.repeats >= policy.repeats:
        work.decide("ladder_ended", f"{policy.ladder[-1]} was told last", incident_id=number)
        return incident
    incident = replace(
        incident,
        level=incident.level + (not is_top),
        repeats=incident.repeats + is_top,
    )
    length = timedelta(seconds=policy.escalation_s or 0)
    note = f"nobody acknowledged it within {span(length)}"
    targets = targets_of(incident, first=incident.level, last=incident.level)
    ready = ready_for(work, incident, audible)
    incident = tell(work, incident, "escalation", targets, about=audible, note=note)
    work.decide("escalated", f"{note}: {named(targets)}", incident_id=number)
    return with_deadline(incident, Deadline("escalate", ready + length))


def _remind(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    """Tell again what was acknowledged long ago and still fires; the clocks begin anew."""
    by, length = incident.acknowledged_by, timedelta(seconds=incident.policy.acknowledged_s or 0)
    note = f"{by} acknowledged it {span(length)} ago and it still fires"
    work.decide("unacknowledged", note, incident_id=incident.incident_id)
    ready = ready_for(work, incident, audible)
    incident = replace(incident, acknowledged_at=None, acknowledged_by=None, acknowledged_via=None)
    incident = tell(work, incident, "reminder", incident.told, about=audible, note=note)
    return replace(incident, deadlines=clocks(incident, ready))


_PERFORMED = {"respond": _respond, "escalate": _escalate, "remind": _remind}


def _due(incident: Incident, now: datetime) -> list[Deadline]:
    due = (each for each in incident.deadlines if each.step in _PERFORMED and each.due_at <= now)
    return sorted(due, key=lambda each: each.due_at)
