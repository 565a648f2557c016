"""What `anfl alerts list` knows at one moment, and the words for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anfl_assets.cli.render import NOTHING, count, duration, label, printable

if TYPE_CHECKING:
    from anfl_assets.store.alerts.outbox import Outgoing
    from anfl_assets.store.alerts.records import Condition, Incident, Silence
    from anfl_assets.store.alerts.store import AlertStore

_MOST = 100
_REFUSED_FOR = timedelta(days=7)
KIND_WORDS = {"breached": "breached", "off_target": "off target", "no_data": "no data"}
STEPS = {
    "respond": "tell again",
    "escalate": "escalate",
    "update": "update",
    "remind": "remind",
}


@dataclass(frozen=True)
class Board:
    """All that the list shows, read at one moment."""

    incidents: Sequence[Incident]
    conditions: Sequence[Condition]
    silences: Sequence[Silence]
    undelivered: Sequence[Outgoing]
    evaluated_at: datetime | None


def read_board(store: AlertStore, now: datetime, *, is_complete: bool) -> Board:
    """Read it; `is_complete` brings incidents that are over as well."""
    refused = store.refused_since(now - _REFUSED_FOR)
    failing = [each for each in store.waiting() if each.error]
    return Board(
        store.incidents(_MOST) if is_complete else store.open_incidents(),
        store.conditions(),
        [each for each in store.all_silences(_MOST) if each.ends_at > now],
        [*refused, *failing],
        max(store.beats().values(), default=None),
    )


def members_of(board: Board) -> dict[int, list[Condition]]:
    """Return what fires in each incident."""
    members: dict[int, list[Condition]] = defaultdict(list)
    for each in board.conditions:
        if each.incident_id is not None:
            members[each.incident_id].append(each)
    return members


def below(board: Board) -> list[Condition]:
    """Return what is wrong and told to nobody: held back, or muted."""
    return [
        each
        for each in board.conditions
        if each.phase == "pending" or (each.phase == "firing" and each.incident_id is None)
    ]


def what(incident: Incident, members: Sequence[Condition]) -> str:
    """Say what an incident is about: `inference_latency breached: chat and 3 more`."""
    metrics = sorted({each.key.metric_id for each in members})
    named = ", ".join(metrics) or printable(incident.group_key)
    subjects = sorted({each.key.subject for each in members})
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
