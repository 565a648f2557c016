"""What a person is told, before it takes the form of a medium.

A message is made when it is decided and says what was true then; the outbox keeps it as JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    """One thing that is, or was, wrong. Value, target and threshold are in `unit`.

    `status` is the judge's word (breached, off_target, no_data …); `is_over` once it has ended.
    `detail` is the cause in words, where one is known.
    """

    metric_id: str
    label: str
    subject: str
    grain: str
    status: str
    value: float | None
    unit: str
    target: float
    target_operator: str
    threshold: float
    since: datetime | None
    window_end_at: datetime | None
    is_over: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Message:
    """One message: why it is sent, of which incident, and what is wrong.

    `reason` is one of `store.alerts.records.Reason`. `lines` are at most a few; `line_count` says
    how many there are, `firing_count` how many of them still fire, `suppressed_count` how many more
    were held back because of this one (inhibited). `note` says why this person is told now.
    `subject_line` overrides the headline of messages that are of no incident. `collected` are the
    messages of a digest. `told` are sentences of a report, in the place of lines, `document` the
    report itself as an HTML page, for a medium that carries files. `send_key` is the same whenever
    this message is tried again, though its note may have grown by then.
    """

    reason: str
    severity: str
    at: datetime
    dedup_key: str
    lines: tuple[Line, ...] = ()
    incident_id: int | None = None
    opened_at: datetime | None = None
    line_count: int = 0
    firing_count: int = 0
    suppressed_count: int = 0
    level: str = ""
    owner: str = ""
    note: str = ""
    runbook: str | None = None
    link: str | None = None
    acknowledged_by: str | None = None
    organisation: str = ""
    is_simulated: bool = False
    subject_line: str = ""
    collected: tuple[Message, ...] = field(default=())
    send_key: str = ""
    told: tuple[str, ...] = ()
    document: str = ""


_TIMES = ("at", "opened_at", "since", "window_end_at")


def to_json(message: Message) -> str:
    """Write a message as JSON; times as ISO 8601."""
    return json.dumps(vars(message), default=_plain, ensure_ascii=False)


def from_json(text: str) -> Message:
    """Read what `to_json` wrote."""
    return _message(json.loads(text))


def _message(content: dict[str, Any]) -> Message:
    lines = tuple(Line(**_timed(line)) for line in content.pop("lines"))
    collected = tuple(_message(each) for each in content.pop("collected"))
    told = tuple(content.pop("told", ()))
    return Message(**_timed(content), lines=lines, collected=collected, told=told)


def _plain(value: object) -> object:
    """Say a part of a message as JSON has it; a deep copy of each would take most of a storm."""
    return value.isoformat() if isinstance(value, datetime) else vars(value)


def _timed(content: dict[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value) if key in _TIMES and value else value
        for key, value in content.items()
    }
