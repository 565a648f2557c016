"""PagerDuty, Events API v2: one key an incident, from trigger over acknowledge to resolve.

The address is a routing key (a service's integration key). PagerDuty folds every trigger of one key
into one incident and tells its people again by its own policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard
from anfl_assets.deliver.answers import JSON, Clock, content, taken
from anfl_assets.deliver.channel import Receipt, TryAgainLater
from anfl_assets.deliver.line_story import sentence
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.short import summary
from anfl_assets.deliver.story import (
    entry,
    facts,
    links,
    shown_collected,
    shown_lines,
    tag,
)
from anfl_assets.deliver.wire import PATIENCE, Patience, post
from anfl_assets.wording.inert import one_line

URL = "https://events.pagerduty.com"
_ACTIONS = {"acknowledged": "acknowledge", "recovery": "resolve"}
_SEVERITIES = {"critical": "critical", "warning": "warning", "information": "info"}
_KEY_LENGTH = 255


@dataclass(frozen=True)
class PagerDuty:
    """Hands events to a service of PagerDuty."""

    clock: Clock
    url: str = URL
    patience: Patience = PATIENCE

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Trigger, acknowledge or resolve the incident of the message's key.

        The daily proof is resolved at once: it shall be seen to arrive and wake nobody twice.
        """
        del thread, chart
        key = self._enqueued(event(message, address, action(message)), address)
        if message.reason == "canary":
            self._enqueued(event(message, address, "resolve"), address)
        return Receipt(key, action(message))

    def _enqueued(self, body: Mapping[str, Any], address: str) -> str:
        secret = Secret(address)
        answer = post(
            f"{self.url.rstrip('/')}/v2/enqueue",
            json.dumps(body).encode("ascii"),
            JSON,
            patience=self.patience,
            guard=Guard(only_public=False),
        )
        taken(answer, "PagerDuty", clock=self.clock, secrets=(secret,))
        key = content(answer).get("dedup_key")
        if not key:
            # A page of whoever stands in between, not the provider: nothing was taken.
            raise TryAgainLater("PagerDuty's answer was not its own")
        return str(key)


def action(message: Message) -> str:
    """Return what the message does to PagerDuty's incident."""
    return _ACTIONS.get(message.reason, "trigger")


def event(message: Message, routing_key: str, event_action: str) -> dict[str, Any]:
    """Return the body of one event; far below the 512 kB that PagerDuty takes."""
    line = message.lines[0] if message.lines else None
    body: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": event_action,
        "dedup_key": event_key(message.dedup_key),
        "payload": {
            "summary": summary(message),
            "source": one_line(line.subject if line else "", 200) or "anfl",
            "severity": _SEVERITIES.get(message.severity, "error"),
            "timestamp": _timestamp(message.opened_at or message.at),
            "component": one_line(line.metric_id if line else "alerting", 200),
            "group": one_line(message.owner, 200),
            "class": one_line(line.status if line else message.reason, 200),
            "custom_details": details(message),
        },
        "client": "ANFL Metrics",
        "links": [{"href": url, "text": name} for name, url in links(message)],
    }
    return body


def details(message: Message) -> dict[str, Any]:
    """Return what is shown below the summary."""
    lines, more = shown_lines(message)
    collected, left_out = shown_collected(message)
    told: dict[str, Any] = dict(facts(message))
    told["Told as"] = tag(message)
    if message.incident_id is not None:
        told["incident_id"] = message.incident_id
    told["What"] = [sentence(line) for line in lines] + ([f"and {more:,} more"] if more else [])
    if collected:
        told["Collected"] = [entry(each) for each in collected]
        told["Collected"] += [f"and {left_out:,} more"] if left_out else []
    return told


def event_key(dedup_key: str) -> str:
    """Return a key of at most 255 characters; a longer one by its hash, never cut."""
    if 0 < len(dedup_key) <= _KEY_LENGTH and dedup_key.isprintable():
        return dedup_key
    return sha256(dedup_key.encode("utf-8", "replace")).hexdigest()


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
