"""The outbox of a replay: every message goes through, at the moment from which it may go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from anfl_assets.store.alerts.records import Incident, Notice, Outcome, Reason, State, Target


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that reached its target; a digest has several notices in it."""

    at: datetime
    target: Target
    reason: Reason
    notices: tuple[Notice, ...]


@dataclass
class VirtualOutbox:
    """What waits, what was sent, and who was told of which incident."""

    waiting: list[Notice] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    _told: dict[int, dict[Target, None]] = field(default_factory=dict)

    def keep(self, outcome: Outcome) -> None:
        """Take back what is withdrawn, then take what is to be sent."""
        for withdrawal in outcome.withdrawals:
            self.waiting = [
                notice
                for notice in self.waiting
                if notice.is_digest
                or notice.incident_id != withdrawal.incident_id
                or notice.reason not in withdrawal.reasons
            ]
        self.waiting.extend(outcome.notices)

    @property
    def next_at(self) -> datetime | None:
        """When the next message may go out; None where none waits."""
        return min((notice.not_before for notice in self.waiting), default=None)

    def send(self, now: datetime) -> tuple[Sent, ...]:
        """Send what may go out by now; what waited for a digest goes as one mail to each target."""
        due = [notice for notice in self.waiting if notice.not_before <= now]
        if not due:
            return ()
        self.waiting = [notice for notice in self.waiting if notice.not_before > now]
        found = [
            Sent(now, notice.target, notice.reason, (notice,))
            for notice in due
            if not notice.is_digest
        ]
        found += _digests((notice for notice in due if notice.is_digest), now)
        for notice in due:
            if notice.incident_id is not None:
                self._told.setdefault(notice.incident_id, {})[notice.target] = None
        self.sent.extend(found)
        return tuple(found)

    def with_told(self, state: State) -> State:
        """Return the state as it would be read: each open incident with whom it has reached."""
        if not state.incidents:
            return state
        queued: dict[int | None, dict[Target, None]] = {}
        for notice in self.waiting:
            queued.setdefault(notice.incident_id, {})[notice.target] = None
        incidents: Mapping[int, Incident] = {
            incident_id: replace(
                incident,
                told=tuple(self._told.get(incident_id, ())),
                queued=tuple(queued.get(incident_id, ())),
            )
            for incident_id, incident in state.incidents.items()
        }
        return replace(state, incidents=incidents)


def _digests(notices: Iterable[Notice], now: datetime) -> list[Sent]:
    by_target: dict[Target, list[Notice]] = {}
    for notice in notices:
        by_target.setdefault(notice.target, []).append(notice)
    return [Sent(now, target, "digest", tuple(each)) for target, each in by_target.items()]
