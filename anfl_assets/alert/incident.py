"""An incident from its opening to its end: joining, telling, acknowledgement, recovery (§4.2).

First message at once, an update at most every so often, recovery to whoever was told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.alert.deadlines import clocks, is_due, named, performed, with_deadline, without
from anfl_assets.alert.route import Routed
from anfl_assets.alert.telling import ready_for, targets_of, tell
from anfl_assets.alert.work import Work
from anfl_assets.store.alerts.records import (
    Condition,
    Deadline,
    Incident,
    Member,
    Reason,
    Verdict,
    Withdrawal,
)

_WAITING: tuple[Reason, ...] = (
    "first",
    "update",
    "repeat",
    "escalation",
    "reminder",
    "flapping",
    "acknowledged",
)
_UNANSWERED: tuple[Reason, ...] = ("repeat", "escalation", "reminder")


def opened(work: Work, way: Routed, condition: Condition) -> Incident:
    """Open an incident for a condition, with the policy of this moment."""
    number = work.next_incident_id
    work.next_incident_id += 1
    seed = f"{number}/{way.group_key}/{work.now.isoformat()}"
    incident = Incident(
        incident_id=number,
        dedup_key=f"anfl-{number}-{hashlib.sha256(seed.encode()).hexdigest()[:16]}",
        group_key=way.group_key,
        kind=condition.key.kind,
        policy=way.policy,
        opened_at=work.now,
    )
    work.incidents[number] = incident
    return incident


def joined(work: Work, incident: Incident, conditions: Sequence[Condition]) -> None:
    """Make conditions part of an incident."""
    number = incident.incident_id
    for count, condition in enumerate(conditions, start=incident.member_count):
        verdict: Verdict = "joined" if count else "opened"
        detail = f"{verdict} incident {number} ({incident.policy.severity})"
        member = replace(
            condition, incident_id=number, joined_at=work.now, verdict=verdict, detail=detail
        )
        work.decide(verdict, detail, condition=member)
        work.keep(member)
        work.members.append(Member(number, member.key, work.now, member.reading))
    count = incident.member_count + len(conditions)
    work.incidents[number] = replace(incident, member_count=count)


def attend(work: Work, incident: Incident, firing: Sequence[Condition]) -> None:
    """Do what is due for an open incident; `firing` are its conditions that still fire."""
    if not firing:
        work.incidents[incident.incident_id] = over(work, incident, by=None)
        return
    audible = [each for each in firing if each.key not in work.mutes]
    if not audible:
        work.incidents[incident.incident_id] = _muted(work, incident, firing)
        return
    if incident.muted_at is not None:
        incident = _unmuted(work, incident, audible)
    if incident.told_at is None or _waits_too_long(work, incident, audible):
        incident = _told_first(work, incident, audible)
    else:
        incident = performed(work, _told_of_more(work, incident, audible), audible)
    work.incidents[incident.incident_id] = _told_of_flapping(work, incident, audible)


def over(work: Work, incident: Incident, *, by: str | None) -> Incident:
    """End an incident: recovery to exactly those who were told, nothing to anybody else."""
    waiting_digests = tuple(
        target for target in incident.queued if target.channel in incident.policy.digest_channels
    )
    told = tuple(dict.fromkeys((*incident.told, *waiting_digests)))
    work.withdrawals.append(Withdrawal(incident.incident_id, _WAITING, "the incident is over"))
    about = work.cleared.get(incident.incident_id, [])
    note = f"closed by {by}" if by else _how_it_ended(about)
    incident = replace(incident, resolved_at=work.now, resolved_by=by, deadlines=())
    if told:
        incident = tell(work, incident, "recovery", told, about=about, note=note)
        detail = f"{note}; told {named(told)}"
        work.decide("resolved", detail, incident_id=incident.incident_id)
    else:
        work.decide(
            "nobody_told", f"{note}; nobody had been told", incident_id=incident.incident_id
        )
    return incident


def _how_it_ended(cleared: Sequence[Condition]) -> str:
    if any(each.verdict == "retired" for each in cleared):
        return "it is not judged any more, so nobody knows whether it is well"
    if any(each.key.kind == "forecast" for each in cleared):
        return "it is not foretold any more"
    return "it has ended"


def _how_it_began(incident: Incident) -> str:
    return "it is foretold" if incident.kind == "forecast" else "it has begun"


def reeled_in(incident: Incident, now: datetime) -> Incident:
    """Return an incident after the clock went back: no step is farther off than its span."""
    policy = incident.policy
    spans = {
        "respond": policy.response_s,
        "escalate": policy.escalation_s,
        "update": policy.update_s,
        "remind": policy.acknowledged_s,
    }
    farthest = {step: now + timedelta(seconds=span or 0) for step, span in spans.items()}
    return replace(
        incident,
        told_at=min(incident.told_at, now) if incident.told_at else None,
        muted_at=min(incident.muted_at, now) if incident.muted_at else None,
        deadlines=tuple(
            replace(each, due_at=min(each.due_at, farthest[each.step]))
            for each in incident.deadlines
        ),
    )


def _told_first(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    ready = ready_for(work, incident, audible)
    digests = {each for each in incident.queued if each.channel in incident.policy.digest_channels}
    first = targets_of(incident, first=0, last=0)
    targets = tuple(each for each in first if each not in digests)
    if incident.told_at is not None:
        why = "more has begun, for which no quiet hours hold"
        work.withdrawals.append(Withdrawal(incident.incident_id, _WAITING, why))
    incident = tell(work, incident, "first", targets, about=audible, note=_how_it_began(incident))
    if ready > work.now:
        work.decide(
            "delayed",
            f"quiet hours until {ready:%Y-%m-%d %H:%M} UTC",
            incident_id=incident.incident_id,
        )
    work.decide("told", f"first: {named(targets)}", incident_id=incident.incident_id)
    return replace(
        incident,
        told_at=work.now,
        told_members=incident.member_count,
        deadlines=clocks(incident, ready),
    )


def _waits_too_long(work: Work, incident: Incident, audible: Sequence[Condition]) -> bool:
    """Return whether the first message waits for quiet hours that do not hold for what joined."""
    if incident.told or incident.acknowledged_at or incident.member_count <= incident.told_members:
        return False
    sooner = clocks(incident, ready_for(work, incident, audible))
    return any(
        new.due_at < old.due_at
        for new in sooner
        for old in incident.deadlines
        if new.step == old.step
    )


def _told_of_more(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    """Tell of conditions that joined since, but not more often than the policy lets."""
    if incident.member_count <= incident.told_members or incident.told_at is None:
        return without(incident, "update")
    due_at = incident.told_at + timedelta(seconds=incident.policy.update_s)
    if work.now < due_at:
        return with_deadline(incident, Deadline("update", due_at))
    if is_due(incident, "respond", work.now) and not incident.policy.digest_channels:
        return incident  # the same people are about to be told again, of all there is
    more = incident.member_count - incident.told_members
    targets = targets_of(incident, first=0, last=incident.level)
    if incident.acknowledged_at is not None:
        targets = tuple(each for each in targets if each.channel in incident.policy.following)
    newest = sorted(audible, key=lambda each: each.joined_at or work.now, reverse=True)
    incident = tell(
        work, incident, "update", targets, about=newest, note=f"{more} more since the last message"
    )
    work.decide("told", f"update: {more} more; {named(targets)}", incident_id=incident.incident_id)
    incident = without(incident, "update")
    return replace(incident, told_at=work.now, told_members=incident.member_count)


def _told_of_flapping(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    flapping = [each for each in audible if each.is_flapping]
    if not flapping or incident.is_flapping:
        return incident
    targets = targets_of(incident, first=0, last=incident.level)
    note = "it comes and goes; kept as one until it is calm"
    incident = tell(work, incident, "flapping", targets, about=flapping, note=note)
    work.decide("told", f"flapping: {named(targets)}", incident_id=incident.incident_id)
    return replace(incident, is_flapping=True)


def _muted(work: Work, incident: Incident, firing: Sequence[Condition]) -> Incident:
    if incident.muted_at is not None:
        return incident
    why = work.mutes[firing[0].key].detail
    work.withdrawals.append(Withdrawal(incident.incident_id, _WAITING, why))
    work.decide("muted", why, incident_id=incident.incident_id)
    # Whoever only waited to be told is told once it is heard again.
    told_at = incident.told_at if incident.told else None
    return replace(incident, muted_at=work.now, told_at=told_at)


def _unmuted(work: Work, incident: Incident, audible: Sequence[Condition]) -> Incident:
    paused = work.now - (incident.muted_at or work.now)
    deadlines = tuple(replace(each, due_at=each.due_at + paused) for each in incident.deadlines)
    incident = replace(incident, muted_at=None, deadlines=deadlines)
    work.decide("unmuted", "heard again", incident_id=incident.incident_id)
    if incident.told_at is None or incident.acknowledged_at is not None:
        return incident
    if incident.kind == "forecast":
        # A value near its limit crosses it many times a day: each time the breach was told.
        return incident
    note = "it was muted meanwhile and still fires"
    # Also those whose message still waited when it was muted, and was taken back.
    levels = targets_of(incident, first=0, last=incident.level)
    waited = (each for each in levels if each.channel not in incident.policy.digest_channels)
    targets = dict.fromkeys((*incident.told, *waited))
    return tell(work, incident, "reminder", targets, about=audible, note=note)


def acknowledged(work: Work, incident: Incident, *, by: str, via: str) -> Incident:
    """Note that somebody has taken it on: nobody is told again until long after."""
    length = incident.policy.acknowledged_s
    remind_at = None if length is None else work.now + timedelta(seconds=length)
    deadlines = () if remind_at is None else (Deadline("remind", remind_at),)
    incident = replace(
        incident,
        acknowledged_at=work.now,
        acknowledged_by=by,
        acknowledged_via=via,
        deadlines=deadlines,
    )
    work.withdrawals.append(Withdrawal(incident.incident_id, _UNANSWERED, f"{by} acknowledged it"))
    work.decide("acknowledged", f"by {by} through {via}", incident_id=incident.incident_id)
    following = [each for each in incident.told if each.channel in incident.policy.following]
    about = [each for each in work.firing() if each.incident_id == incident.incident_id]
    note = f"{by} acknowledged it"
    return tell(work, incident, "acknowledged", following, about=about, note=note)
