"""The alert feed of dashboards: what is open, what was told there, and what was decided lately.

Cheap enough to be asked every few seconds, and it never fails: what cannot be read is said.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anfl_assets.alert.explain import decided
from anfl_assets.deliver.message import from_json
from anfl_assets.deliver.story import happening, tag
from anfl_assets.errors import AnflError
from anfl_assets.pages.incidents.listing import beat_at, last_judged
from anfl_assets.pages.incidents.patterns import silence_address
from anfl_assets.pages.incidents.words import Ahead, ahead, headline
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Decision, Incident, Member, Verdict
from anfl_assets.store.alerts.store import AlertStore

_SHOWN = 8
_MESSAGES = 5
_LOOKED_THROUGH = 60
# What people did and what was done for want of them; the rest is for `why`.
_TELLING: tuple[Verdict, ...] = (
    "acknowledged",
    "escalated",
    "ladder_ended",
    "response_missed",
    "resolved",
    "muted",
    "unmuted",
    "silence_made",
    "silence_ended",
)


@dataclass(frozen=True)
class Standing:
    """An open incident: what it is about, its silence's form, and what comes next."""

    incident: Incident
    what: str
    silence: str
    next: Ahead | None


@dataclass(frozen=True)
class Told:
    """A message of the Dashboard channel; `tag` is what it is beyond its severity."""

    at: datetime
    incident_id: int | None
    severity: str
    tag: str
    text: str


@dataclass
class AlertFeed:
    """The feed of one site: read anew when something was kept since.

    Safe to ask from several threads.
    """

    site: Site
    _version: int = 0
    _read: Mapping[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Mapping[str, Any]:
        """Return what is open, told and decided, and whether alerting runs.

        `problem` says why nothing could be read, else it is empty.
        """
        with self._lock:
            try:
                found = self._current()
            except AnflError as error:
                self._read = {}
                self.site.alerts.close()
                found = {**_UNREAD, "problem": str(error)}
        judged_at = found["judged_at"]
        return {**found, "beat": beat_at(judged_at, self.site.now())}

    def _current(self) -> Mapping[str, Any]:
        store = self.site.alerts()
        version = store.version()
        if not self._read or version != self._version:
            self._read = _read(store, self.site.now())
            self._version = version
        return self._read


_UNREAD: Mapping[str, Any] = {
    "standing": [],
    "messages": [],
    "decisions": [],
    "judged_at": None,
    "open_count": 0,
}


def _read(store: AlertStore, now: datetime) -> Mapping[str, Any]:
    standing = store.open_incidents()
    shown = sorted(standing, key=_urgency)[:_SHOWN]
    members = store.members_among([each.incident_id for each in shown])
    lines = store.decisions(limit=_LOOKED_THROUGH)
    return {
        "problem": "",
        "standing": [_standing(each, members[each.incident_id], now) for each in shown],
        "messages": [_told(each) for each in store.feed(_MESSAGES)],
        "decisions": _decisions(lines),
        "judged_at": last_judged(store),
        "open_count": len(standing),
    }


def _urgency(incident: Incident) -> tuple[bool, bool, float, int]:
    """Order what nobody answered first, of that what must be answered soonest, then the newest."""
    within_s = incident.policy.response_s
    return (
        incident.acknowledged_at is not None,
        incident.muted_at is not None,
        float("inf") if within_s is None else within_s,
        -incident.incident_id,
    )


def _standing(incident: Incident, members: Sequence[Member], now: datetime) -> Standing:
    due = ahead(incident, now)
    return Standing(
        incident,
        headline(incident, members, now),
        silence_address(incident.incident_id, [each.key for each in members]),
        due[0] if due else None,
    )


def _told(notice: Outgoing) -> Told:
    message = from_json(notice.body)
    words = tag(message).split(", ")
    beyond = [each.lower() for each in words if each != message.severity.upper()]
    return Told(
        notice.made_at,
        notice.incident_id,
        message.severity,
        ", ".join(beyond),
        happening(message),
    )


def _decisions(lines: Sequence[Decision]) -> list[tuple[datetime, int | None, str]]:
    told = [each for each in lines if each.condition is None and each.verdict in _TELLING]
    return [(each.at, each.incident_id, decided(each).text) for each in told[:_SHOWN]]
