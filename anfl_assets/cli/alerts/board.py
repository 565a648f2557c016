"""What `anfl alerts list` knows at one moment, and the words for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anfl_assets.cli.render import NOTHING, count, duration, label, printable

if TYPE_CHECKING:
    from anfl_assets.store.alerts.outbox import Outgoing
    from anfl_assets.store.alerts.records import Condition, ConditionKey, Incident, Silence
    from anfl_assets.store.alerts.store import AlertStore

_MOST = 100
_REFUSED_FOR = timedelta(days=7)
KIND_WORDS = {
    "breached": "breached",
    "off_target": "off target",
    "no_data": "no data",
    "forecast": "forecast to breach",
}
STEPS = {
    "respond": "tell again",
    "escalate": "escalate",
    "update": "update",
    "remind": "remind",
}


@dataclass(frozen=True)
class Board:
    """All that the list shows, read at one moment; `over` are the members of what is over."""

    incidents: Sequence[Incident]
    over: Mapping[int, Sequence[ConditionKey]]
    conditions: Sequence[Condition]
    silences: Sequence[Silence]
    undelivered: Sequence[Outgoing]
    evaluated_at: datetime | None


def read_board(store: AlertStore, now: datetime, *, is_complete: bool) -> Board:
    """Read it, the worst first; `is_complete` brings incidents that are over as well."""
    refused = store.refused_since(now - _REFUSED_FOR)
    failing = [each for each in store.waiting() if each.error]
    incidents = sorted(
        store.incidents(_MOST) if is_complete else store.open_incidents(), key=_urgency
    )
    numbers = [each.incident_id for each in incidents if not each.is_open]
    return Board(
        incidents,
        {number: [member.key for member in store.members(number)] for number in numbers},
        store.conditions(),
        [each for each in store.all_silences(_MOST) if each.ends_at > now],
        [*refused, *failing],
        store.beats().get("metrics"),
    )


def _urgency(incident: Incident) -> tuple[bool, int, int]:
    """Order what is open first, of that what must be answered soonest; then the newest first."""
    within_s = incident.policy.response_s if incident.is_open else 0
    return not incident.is_open, round(within_s or 0), -incident.incident_id


def members_of(board: Board) -> dict[int, list[Condition]]:
    """Return what fires in each incident."""
    members: dict[int, list[Condition]] = defaultdict(list)
    for each in board.conditions:
        if each.incident_id is not None:
            members[each.incident_id].append(each)
    return members


def keys_of(board: Board) -> dict[int, Sequence[ConditionKey]]:
    """Return what each incident is about: what fires in it, or did until it was over."""
    firing = {number: [each.key for each in those] for number, those in members_of(board).items()}
    return {**board.over, **firing}


def below(board: Board) -> list[Condition]:
    """Return what is wrong and told to nobody: held back, or muted."""
    return [
        each
        for each in board.conditions
        if each.phase == "pending" or (each.phase == "firing" and each.incident_id is None)
    ]


def what(incident: Incident, keys: Sequence[ConditionKey]) -> str:
    """Say what an incident is about: `inference_latency breached: chat and 3 more`."""
    metrics = sorted({key.metric_id for key in keys})
    named = ", ".join(metrics) or printable(incident.group_key)
    subjects = sorted({key.subject for key in keys})
    told = f": {label(subjects[0])}" if subjects and subjects != ["all"] else ""
    rest = f" and {count(len(subjects) - 1)} more" if len(subjects) > 1 else ""
    return f"{named} {KIND_WORDS[incident.kind]}{told}{rest}"


def next_step(incident: Incident, now: datetime) -> str:
    """Say what happens next if nobody does anything."""
    if not incident.is_open:
        return "over"
    if incident.muted_at is not None:
        return f"muted since {incident.muted_at:%H:%M}"
    due = min(incident.deadlines, key=lambda each: each.due_at, default=None)
    if due is None:
        return NOTHING
    left = due.due_at - now
    when = f"in {duration(left)}" if left > timedelta() else "due"
    return f"{STEPS[due.step]} {when}"


def acknowledged(incident: Incident) -> str:
    """Say who is on it."""
    if incident.acknowledged_at is None:
        return NOTHING
    return f"{label(incident.acknowledged_by or '')} {incident.acknowledged_at:%H:%M}"
