"""What arrived, put together as its reader sees it: incidents, conversations, edited messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anfl_assets.deliver.sandbox.call import object_of
from anfl_assets.deliver.sandbox.received import Received
from anfl_assets.deliver.sandbox.twilio import segments

# More than a person scrolls through; a browser stays quick.
SHOWN = 100
_WORDS = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}


@dataclass
class PagerIncident:
    """All events of one dedup key from its trigger to its end."""

    number: int
    key: str
    status: str
    first: Mapping[str, Any]
    incident_id: str | None = None
    timeline: list[tuple[datetime, str, str]] = field(default_factory=list)

    @property
    def payload(self) -> dict[str, Any]:
        """Return what the last trigger said."""
        return object_of(self.first.get("payload"))

    @property
    def details(self) -> Iterator[tuple[str, str]]:
        """Yield the details as name and text."""
        for name, value in object_of(self.payload.get("custom_details")).items():
            yield name, as_text(value)


@dataclass(frozen=True)
class Bubble:
    """One SMS."""

    at: datetime
    sender: str
    text: str

    @property
    def segments(self) -> int:
        """Return in how many parts it travels."""
        return segments(self.text)


@dataclass
class Conversation:
    """What one telephone got."""

    number: str
    bubbles: list[Bubble] = field(default_factory=list)


def pager(received: Iterable[Received]) -> list[PagerIncident]:
    """Return PagerDuty's incidents, the one with the newest event first."""
    incidents: list[PagerIncident] = []
    last: dict[str, PagerIncident] = {}
    for each in _of(received, "pagerduty"):
        event, key, word = each.draft.fields, each.draft.key, _WORDS[each.draft.action]
        incident = last.get(key)
        # As at PagerDuty: what is resolved stays so, the next trigger opens another.
        if incident is None or (incident.status == "resolved" and word == "triggered"):
            incident = last[key] = PagerIncident(each.number, key, word, event)
            incidents.append(incident)
        if word == "triggered":
            incident.first = event
        if word != "triggered" or incident.status != "acknowledged":
            incident.status = word if incident.status != "resolved" else "resolved"
        incident.incident_id = each.draft.incident_id or incident.incident_id
        summary = str(object_of(event.get("payload")).get("summary", ""))
        incident.timeline.insert(0, (each.received_at, word, summary))
    return sorted(incidents, key=lambda each: each.timeline[0][0], reverse=True)[:SHOWN]


def phones(received: Iterable[Received]) -> list[Conversation]:
    """Return the telephones, each with its messages, newest first."""
    found: dict[str, Conversation] = {}
    for each in list(_of(received, "twilio"))[-SHOWN:]:
        fields = each.draft.fields
        sender = fields.get("From") or fields.get("MessagingServiceSid") or ""
        talk = found.setdefault(fields["To"], Conversation(fields["To"]))
        talk.bubbles.insert(0, Bubble(each.received_at, sender, fields["Body"]))
    return sorted(found.values(), key=lambda talk: talk.bubbles[0].at, reverse=True)


@dataclass(frozen=True)
class Hook:
    """One body that a webhook got."""

    at: datetime
    name: str
    headline: str
    body: str
    content_type: str


def hooks(received: Iterable[Received]) -> list[Hook]:
    """Return what webhooks got, newest first."""
    found = list(_of(received, "webhook"))[-SHOWN:]
    return [
        Hook(
            each.received_at,
            each.draft.fields["name"],
            str(object_of(each.draft.fields["body"]).get("headline", "")),
            as_text(each.draft.fields["body"]),
            each.draft.fields["headers"].get("content-type", ""),
        )
        for each in reversed(found)
    ]


@dataclass(frozen=True)
class Failed:
    """An attempt that met a fault, or that the provider would not take."""

    at: datetime
    provider: str
    action: str
    attempt: int
    why: str
    is_accepted: bool


def failed(received: Iterable[Received]) -> list[Failed]:
    """Return the attempts that did not go as they should, newest first."""
    found = [each for each in received if each.fault is not None or not each.is_accepted]
    return [
        Failed(
            each.received_at,
            each.provider,
            each.draft.action,
            each.attempt,
            each.draft.refusal or f"scripted: {json.dumps(each.fault)}",
            each.is_accepted,
        )
        for each in reversed(found[-SHOWN:])
    ]


def as_text(value: object) -> str:
    """Return a value of JSON as lines a person reads."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def _of(received: Iterable[Received], provider: str) -> Iterator[Received]:
    return (each for each in received if each.provider == provider and each.reaches_reader)
