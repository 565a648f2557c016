"""The alert feed of dashboards: the newest messages of the Dashboard channel, and what was decided.

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
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.pages.incidents.listing import beat_at, last_judged
from anfl_assets.pages.incidents.patterns import silence_address
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Decision, Incident, Verdict
from anfl_assets.store.alerts.store import AlertStore, open_alerts

_SHOWN = 8
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
class Item:
    """A message of the feed; `incident` is its incident while that is open."""

    at: datetime
    incident_id: int | None
    severity: str
    tag: str
    text: str
    silence: str = ""
    incident: Incident | None = None


@dataclass
class AlertFeed:
    """The feed of one site: kept open, and read anew when something was kept since; close it.

    Safe to ask from several threads.
    """

    site: Site
    _store: AlertStore | None = None
    _version: int = 0
    _read: Mapping[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Mapping[str, Any]:
        """Return the newest messages and decisions, and whether alerting runs.

        `problem` says why nothing could be read, else it is empty.
        """
        with self._lock:
            try:
                found = self._current()
            except AnflError as error:
                self._shut()
                found = {**_UNREAD, "problem": str(error)}
        judged_at = found["judged_at"]
        return {**found, "beat": beat_at(judged_at, self.site.now())}

    def close(self) -> None:
        """Give back the connection."""
        with self._lock:
            self._shut()

    def _current(self) -> Mapping[str, Any]:
        if self._store is None:
            self._store = open_alerts(self.site.workspace, state_url(self.site.environ))
            self._read = {}
        version = self._store.version()
        if not self._read or version != self._version:
            self._read = _read(self._store)
            self._version = version
        return self._read

    def _shut(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()


_UNREAD: Mapping[str, Any] = {"items": [], "decisions": [], "judged_at": None, "open_count": 0}


def _read(store: AlertStore) -> Mapping[str, Any]:
    standing = {each.incident_id: each for each in store.open_incidents()}
    lines = store.decisions(limit=_LOOKED_THROUGH)
    return {
        "problem": "",
        "items": [_item(each, standing) for each in store.feed(_SHOWN)],
        "decisions": _decisions(lines),
        "judged_at": last_judged(store),
        "open_count": len(standing),
    }


def _item(notice: Outgoing, standing: Mapping[int, Incident]) -> Item:
    message = from_json(notice.body)
    return Item(
        notice.made_at,
        notice.incident_id,
        message.severity,
        tag(message),
        happening(message),
        silence_address(
            message.incident_id, [(each.metric_id, each.subject) for each in message.lines]
        ),
        standing.get(notice.incident_id or 0),
    )


def _decisions(lines: Sequence[Decision]) -> list[tuple[datetime, int | None, str]]:
    told = [each for each in lines if each.condition is None and each.verdict in _TELLING]
    return [(each.at, each.incident_id, decided(each).text) for each in told[:_SHOWN]]
