"""What a message says, in words that every medium shares: one headline, then facts.

Nothing is escaped for a medium here, but every name is on one line and of bounded length.
"""

from __future__ import annotations

from anfl_assets.deliver.line_story import FORETELLING, state, what_and_where
from anfl_assets.deliver.message import Line, Message
from anfl_assets.wording.inert import one_line, web_address
from anfl_assets.wording.numbers import counted, moment, quantity, span

# More lines than these are counted, not listed.
LINES = 10
COLLECTED = 40
HEADLINE_LENGTH = 400

SIMULATED = "The data is simulated: nothing real is affected."
_TAGS = {
    "recovery": "RESOLVED",
    "acknowledged": "ACKNOWLEDGED",
    "canary": "CHECK",
    "test": "TEST",
    "report": "REPORT",
}
_AFTER_SEVERITY = {
    "update": "more",
    "repeat": "again",
    "escalation": "escalated",
    "reminder": "still firing",
    "flapping": "flapping",
}
_SIMULATED_TAG = {True: "SIMULATED", False: None}
_NOTES = {
    "first": "It has just begun.",
    "update": "More of it has begun since the last message.",
    "repeat": "Nobody has acknowledged it within the response time.",
    "escalation": "Nobody before you has acknowledged it.",
    "reminder": "It still fires.",
    "acknowledged": "Somebody is on it.",
    "flapping": "It comes and goes: told once, not each time, until it is calm.",
    "recovery": "You were told when it began.",
    "digest": "Collected: nothing here was urgent.",
    "canary": "The daily proof that alerts reach you on this channel. Nothing to do.",
    "test": "Somebody asked for a test of this channel. Nothing to do.",
    "report": "You get this report once a day.",
    "watch": "Alerting itself is in trouble: other alerts may not reach you.",
}
_ANSWERABLE = frozenset(
    {"first", "update", "repeat", "escalation", "reminder", "flapping"},
)


def headline(message: Message) -> str:
    """Return what happened in one line: severity, what, where, the value and its threshold."""
    return one_line(f"[{tag(message)}] {happening(message)}", HEADLINE_LENGTH)


def tag(message: Message) -> str:
    """Return the word a reader sees first: `CRITICAL`, `RESOLVED`; whether it is simulated."""
    word = _TAGS.get(message.reason) or one_line(message.severity, 20).upper()
    parts = (word, _AFTER_SEVERITY.get(message.reason), _SIMULATED_TAG[message.is_simulated])
    return ", ".join(part for part in parts if part)


def happening(message: Message) -> str:
    """Return the headline without its tag."""
    if message.subject_line:
        return one_line(message.subject_line, HEADLINE_LENGTH)
    if not message.lines:
        return _wordless(message)
    line = message.lines[0]
    more = _count(message) - 1
    tail = f", and {more:,} more" if more else ""
    if message.reason == "recovery":
        return f"{what_and_where(line)} {_recovered(line, message)}{tail}"
    if message.reason == "flapping":
        return f"{what_and_where(line)} comes and goes, {state(line)}{tail}"
    told = f"{what_and_where(line)} {state(line)}{tail}"
    if message.reason == "acknowledged" and message.acknowledged_by:
        return f"{told}, by {one_line(message.acknowledged_by, 60)}"
    return told


def why_told(message: Message) -> str:
    """Return why this reader gets it now."""
    return one_line(message.note, 400) or _NOTES.get(message.reason, "")


def acknowledging(message: Message) -> str | None:
    """Return the command that stops it, None where there is nothing to answer."""
    if message.incident_id is None or message.reason not in _ANSWERABLE or message.acknowledged_by:
        return None
    return f"anfl alerts ack {message.incident_id}"


def cause(message: Message) -> str:
    """Return the cause of the first line, where one is known; a forecast's line says it all."""
    if not message.lines or message.lines[0].status in FORETELLING:
        return ""
    return one_line(message.lines[0].detail, 400)


def entry(message: Message) -> str:
    """Return one message of a digest: when, what, of which incident."""
    number = "" if message.incident_id is None else f" (#{message.incident_id})"
    return f"{moment(message.at)} {headline(message)}{number}"


def facts(message: Message) -> tuple[tuple[str, str], ...]:
    """Return what stands below the lines: name and text, without links."""
    told = (
        ("Cause", cause(message)),
        ("Why you", why_told(message)),
        ("Incident", _incident(message)),
        ("Held back", _held_back(message)),
        ("Owner", one_line(message.owner, 120)),
        ("Level", one_line(message.level, 120)),
        ("Acknowledged by", one_line(message.acknowledged_by or "", 120)),
        ("Acknowledge", acknowledging(message) or ""),
        ("Organisation", one_line(message.organisation, 120)),
        ("Simulated", SIMULATED if message.is_simulated else ""),
    )
    return tuple((name, text) for name, text in told if text)


def links(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the links that are real web addresses, each with its name."""
    named = (("Runbook", message.runbook), ("Details", message.link))
    return tuple((name, url) for name, text in named if (url := web_address(text)))


def shown_lines(message: Message) -> tuple[tuple[Line, ...], int]:
    """Return the lines to list, and how many more there are."""
    shown = message.lines[:LINES]
    return shown, _count(message) - len(shown)


def shown_told(message: Message) -> tuple[str, ...]:
    """Return the sentences of a report."""
    return tuple(one_line(each, HEADLINE_LENGTH) for each in message.told[:COLLECTED])


def shown_collected(message: Message) -> tuple[tuple[Message, ...], int]:
    """Return the messages of a digest to list, and how many more there are."""
    shown = message.collected[:COLLECTED]
    return shown, len(message.collected) - len(shown)


def _count(message: Message) -> int:
    """Return how many a message is about: what is over of an incident that still fires is not."""
    still = message.firing_count or message.line_count
    return max(still if message.reason != "recovery" else message.line_count, len(message.lines))


def _recovered(line: Line, message: Message) -> str:
    begun = message.opened_at or line.since
    lasted = f" after {span(message.at - begun)}" if begun else ""
    if line.status == "unlikely":
        return state(line)
    if not line.is_over:
        return f"was closed by hand{lasted} and goes on: {state(line)}"
    if line.unit == "count":
        return f"is well again{lasted}"
    now = f", now {quantity(line.value, line.unit)}" if line.value is not None else ""
    return f"is over{lasted}{now}"


def _wordless(message: Message) -> str:
    if message.reason == "digest":
        return f"Digest of {counted(len(message.collected), 'message', 'messages')}"
    if message.incident_id is not None:
        return f"Incident {message.incident_id}"
    return {"canary": "This channel works", "test": "This is a test"}.get(
        message.reason, "Alerting has something to say"
    )


def _incident(message: Message) -> str:
    if message.incident_id is None:
        return ""
    parts = [f"#{message.incident_id}"]
    if message.opened_at:
        parts.append(f"open since {moment(message.opened_at)}")
    if message.line_count > 1:
        parts.append(f"{message.firing_count:,} of {message.line_count:,} still firing")
    return ", ".join(parts)


def _held_back(message: Message) -> str:
    if not message.suppressed_count or message.reason == "recovery":
        return ""
    return f"{message.suppressed_count:,} more, because of this"
