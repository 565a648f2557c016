"""What pages say of an incident: its headline, how it stands, whom it reached and what comes next.

The headline is the one messages have (`deliver/story.py`), of the worst member first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from anfl_assets.deliver.line_story import what_and_where
from anfl_assets.deliver.message import Line, Message
from anfl_assets.deliver.story import happening
from anfl_assets.report.metric_words import title
from anfl_assets.store.alerts.records import KINDS, Deadline, Incident, Member, Reading, Target
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import counted, moment, span


@dataclass(frozen=True)
class Ahead:
    """What happens at a moment if nobody does anything."""

    text: str
    due_at: datetime
    when: str


def worst_first(members: Sequence[Member]) -> list[Member]:
    """Order members: those that still fire first, breaches first, the farthest off first."""
    return sorted(members, key=_badness)


def headline(incident: Incident, members: Sequence[Member], now: datetime) -> str:
    """Return what happened in one line: `Inference latency of chat 148.4 ms, alert above …`."""
    firing = [each for each in members if each.cleared_at is None]
    about = firing if incident.is_open and firing else members
    lines = tuple(line_of(incident, each) for each in worst_first(about))
    return happening(
        Message(
            reason="first" if incident.is_open else "recovery",
            severity=incident.policy.severity,
            at=incident.resolved_at or now,
            dedup_key=incident.dedup_key,
            lines=lines,
            incident_id=incident.incident_id,
            opened_at=incident.opened_at,
            line_count=len(members),
            firing_count=len(firing),
        )
    )


def subject_of(incident: Incident, members: Sequence[Member]) -> str:
    """Return what an incident is about, without values: `Inference latency of chat and 3 more`."""
    if not members:
        return f"Incident {incident.incident_id}"
    more = f" and {len(members) - 1:,} more" if len(members) > 1 else ""
    return f"{what_and_where(line_of(incident, worst_first(members)[0]))}{more}"


def line_of(incident: Incident, member: Member) -> Line:
    """Return a member as messages tell of it, as it was when it joined."""
    reading = member.reading
    is_closed_by_hand = incident.resolved_by is not None
    return Line(
        metric_id=reading.metric_id,
        label=title(reading.metric_id),
        subject=reading.subject,
        grain=reading.grain,
        status=member.key.kind,
        value=None if not incident.is_open and not is_closed_by_hand else reading.value,
        unit=reading.unit,
        target=reading.target,
        target_operator=reading.target_operator,
        threshold=reading.threshold,
        since=reading.since or member.joined_at,
        window_end_at=reading.window_end_at,
        is_over=not incident.is_open and not is_closed_by_hand,
        detail=reading.detail,
    )


def standing(incident: Incident) -> str:
    """Say how an incident stands: open, acknowledged, muted or over, since when, by whom."""
    if incident.resolved_at is not None:
        lasted = span(incident.resolved_at - incident.opened_at)
        by = f", closed by {one_line(incident.resolved_by)}" if incident.resolved_by else ""
        return f"over after {lasted}, since {moment(incident.resolved_at)}{by}"
    if incident.muted_at is not None:
        return f"open, nobody is told since {moment(incident.muted_at)}: it is muted"
    if incident.acknowledged_at is not None:
        who = one_line(incident.acknowledged_by or "somebody")
        return f"open, acknowledged by {who} at {moment(incident.acknowledged_at)}"
    return "open, acknowledged by nobody"


def reached(targets: Sequence[Target]) -> str:
    """Say whom messages went to: `on_call by PagerDuty, SMS; executive by Email`."""
    ways: dict[str, list[str]] = {}
    for each in targets:
        ways.setdefault(one_line(each.recipient, 80), []).append(one_line(each.channel, 40))
    return "; ".join(f"{person} by {', '.join(channels)}" for person, channels in ways.items())


def ahead(incident: Incident, now: datetime) -> list[Ahead]:
    """Return what is due if nobody does anything, the soonest first; nothing while muted."""
    if not incident.is_open or incident.muted_at is not None:
        return []
    due = sorted(incident.deadlines, key=lambda each: each.due_at)
    return [Ahead(_step(incident, each), each.due_at, _when(each.due_at, now)) for each in due]


def _step(incident: Incident, deadline: Deadline) -> str:
    policy = incident.policy
    ladder = [one_line(name, 80) for name in policy.ladder]
    if deadline.step == "respond":
        return f"tells {ladder[incident.level]} again" if ladder else "tells the same people again"
    if deadline.step == "update":
        more = max(incident.member_count - incident.told_members, 1)
        return f"tells of {counted(more, 'more that has begun', 'more that have begun')}"
    if deadline.step == "remind":
        return "tells everybody again if it still fires"
    if incident.level + 1 < len(ladder):
        return f"escalates to {ladder[incident.level + 1]}"
    if incident.repeats < policy.repeats:
        return f"tells {ladder[-1]} again, {incident.repeats + 1} of {policy.repeats} times"
    return "the ladder ends: nobody else is told"


def _when(due_at: datetime, now: datetime) -> str:
    """Say when: `at 14:20, in 7 min`."""
    left = due_at - now
    at = due_at.astimezone(UTC)
    named = f"{at:%H:%M}" if at.date() == now.astimezone(UTC).date() else f"{at:%Y-%m-%d %H:%M}"
    return f"at {named}, in {span(left)}" if left > timedelta() else f"due since {named}"


def _badness(member: Member) -> tuple[bool, int, float, str, str]:
    key, reading = member.key, member.reading
    kind = KINDS.index(key.kind)
    # What is foretold is the worse the sooner it comes.
    rank = reading.due_at.timestamp() if reading.due_at else -_beyond(reading)
    return member.cleared_at is not None, kind, rank, key.metric_id, key.subject


def _beyond(reading: Reading) -> float:
    """Return how far a value is from its threshold, as a part of that; 0 where nothing is known."""
    if reading.value is None or not reading.threshold:
        return 0.0
    found = abs(reading.value - reading.threshold) / abs(reading.threshold)
    return found if isfinite(found) else 0.0
