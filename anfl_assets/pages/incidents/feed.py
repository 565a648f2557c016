"""The alert feed of dashboards: the newest messages of the Dashboard channel, and what was decided.

Cheap enough to be asked every few seconds, and it never fails: what cannot be read is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anfl_assets.alert.explain import decided
from anfl_assets.deliver.message import from_json
from anfl_assets.deliver.story import happening, tag
from anfl_assets.errors import AnflError
from anfl_assets.pages.incidents.listing import beat
from anfl_assets.pages.incidents.patterns import silence_address
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Decision, Incident, Verdict
from anfl_assets.store.alerts.store import AlertStore

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


def feed(site: Site) -> Mapping[str, Any]:
    """Return the newest messages and decisions, and whether alerting runs; `problem` if unread."""
    try:
        with site.alerts() as store:
            return {"problem": "", **_read(store, site.now())}
    except AnflError as error:
        return {"problem": str(error), "items": [], "decisions": [], "beat": None, "open_count": 0}


def _read(store: AlertStore, now: datetime) -> Mapping[str, Any]:
    standing = {each.incident_id: each for each in store.open_incidents()}
    lines = store.decisions(limit=_LOOKED_THROUGH)
    return {
        "items": [_item(each, standing) for each in store.feed(_SHOWN)],
        "decisions": _decisions(lines),
        "beat": beat(store, now),
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
