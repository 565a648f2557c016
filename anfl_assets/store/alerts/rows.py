"""Between the records of alerting and the rows they are kept as.

What nothing is looked up by (a reading, a policy, a pattern) is kept as JSON in one column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from anfl_assets.store.alerts.records import (
    Condition,
    ConditionKey,
    Deadline,
    Decision,
    Incident,
    IncidentPolicy,
    Match,
    Member,
    Notice,
    Reading,
    Silence,
    Target,
)

Row = dict[str, Any]
# A row as the database gives it.
Found = Mapping[Any, Any]


def _plain(record: type[Any], *others: str) -> tuple[str, ...]:
    """Name the fields that have a column of their own name and are kept as they are."""
    return tuple(each.name for each in fields(record) if each.name not in others)


_write = json.JSONEncoder(default=datetime.isoformat, separators=(",", ":")).encode
_READING = _plain(Reading)
_READING_TIMES = ("since", "window_start_at", "window_end_at", "judged_at", "due_at")
_POLICY_TUPLES = ("channels", "ladder", "digest_channels", "following")
_CONDITION = _plain(Condition, "key", "reading", "clears")
_INCIDENT = _plain(Incident, "policy", "deadlines", "told", "queued")
_reading_values = attrgetter(*_READING)
_condition_values = attrgetter(*_CONDITION)


@dataclass
class ReadingTexts:
    """Writes each reading once, however many rows of one step have it."""

    _texts: dict[int, tuple[Reading, str]] = field(default_factory=dict)

    def of(self, reading: Reading) -> str:
        """Return the reading as JSON."""
        # The reading is kept beside its text: its id belongs to it only while it lives.
        found = self._texts.get(id(reading))
        if found is None:
            text = _write(dict(zip(_READING, _reading_values(reading), strict=True)))
            found = self._texts[id(reading)] = (reading, text)
        return found[1]


def read_reading(text: str) -> Reading:
    """Read what `ReadingTexts` wrote."""
    content = json.loads(text)
    for name in _READING_TIMES:
        # What an earlier version kept has not all of them.
        if content.get(name) is not None:
            content[name] = datetime.fromisoformat(content[name])
    return Reading(**content)


def condition_row(condition: Condition, texts: ReadingTexts) -> Row:
    """Return a condition as a row of `CONDITIONS`."""
    return {
        **condition.key._asdict(),
        **dict(zip(_CONDITION, _condition_values(condition), strict=True)),
        "reading": texts.of(condition.reading),
        "clears": _write(condition.clears) if condition.clears else "[]",
    }


def read_condition(row: Found) -> Condition:
    """Read a row of `CONDITIONS`."""
    values = dict(row)
    key = _pop_key(values)
    clears = values.pop("clears")
    told = () if clears == "[]" else tuple(map(datetime.fromisoformat, json.loads(clears)))
    return Condition(key=key, reading=read_reading(values.pop("reading")), clears=told, **values)


def incident_row(incident: Incident) -> Row:
    """Return an incident as a row of `INCIDENTS`; its deadlines have rows of their own."""
    row = {name: getattr(incident, name) for name in _INCIDENT}
    return row | {"policy": _write(asdict(incident.policy))}


def read_incident(
    row: Found,
    *,
    deadlines: Sequence[Deadline],
    told: Iterable[Target],
    queued: Iterable[Target],
) -> Incident:
    """Read a row of `INCIDENTS` with what is kept beside it."""
    values = dict(row)
    policy = json.loads(values.pop("policy"))
    for name in _POLICY_TUPLES:
        policy[name] = tuple(policy[name])
    return Incident(
        policy=IncidentPolicy(**policy),
        deadlines=tuple(deadlines),
        told=tuple(told),
        queued=tuple(queued),
        **values,
    )


def deadline_rows(incident: Incident) -> list[Row]:
    """Return an incident's deadlines as rows of `DEADLINES`, in their order."""
    return [
        {
            "incident_id": incident.incident_id,
            "position": position,
            "step": deadline.step,
            "due_at": deadline.due_at,
        }
        for position, deadline in enumerate(incident.deadlines)
    ]


def member_row(member: Member, texts: ReadingTexts) -> Row:
    """Return a member as a row of `MEMBERS`."""
    return {
        "incident_id": member.incident_id,
        **member.key._asdict(),
        "joined_at": member.joined_at,
        "reading": texts.of(member.reading),
        "cleared_at": member.cleared_at,
    }


def read_member(row: Found) -> Member:
    """Read a row of `MEMBERS`."""
    values = dict(row)
    key = _pop_key(values)
    return Member(key=key, reading=read_reading(values.pop("reading")), **values)


def silence_row(silence: Silence) -> Row:
    """Return a silence as a row of `SILENCES`."""
    row = {each.name: getattr(silence, each.name) for each in fields(Silence)}
    return row | {"match": _write(asdict(silence.match))}


def read_silence(row: Found) -> Silence:
    """Read a row of `SILENCES`."""
    values = dict(row)
    return Silence(match=Match(**json.loads(values.pop("match"))), **values)


def notice_row(notice: Notice, *, made_at: datetime, fallback_of: int | None) -> Row:
    """Return a new message as a row of `OUTBOX`."""
    return {
        "send_key": notice.send_key,
        "incident_id": notice.incident_id,
        "reason": notice.reason,
        "channel": notice.target.channel,
        "recipient": notice.target.recipient,
        "severity": _severity(notice.body),
        "body": notice.body,
        "is_digest": notice.is_digest,
        "not_before": notice.not_before,
        "next_at": notice.not_before,
        "made_at": made_at,
        "fallback_of": fallback_of,
    }


def _severity(body: str) -> str:
    """Return how urgent a message says it is: what is critical goes out first."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("severity", "")) if isinstance(said, dict) else ""


def decision_row(decision: Decision, texts: ReadingTexts) -> Row:
    """Return a line of the log as a row of `DECISIONS`."""
    key = decision.condition
    return {
        "at": decision.at,
        "verdict": decision.verdict,
        "detail": decision.detail,
        **dict(zip(ConditionKey._fields, key or (None,) * 4, strict=True)),
        "incident_id": decision.incident_id,
        "reading": None if decision.reading is None else texts.of(decision.reading),
    }


def read_decision(row: Found) -> Decision:
    """Read a row of `DECISIONS`."""
    values = {name: value for name, value in row.items() if name != "decision_id"}
    is_of_condition = values["metric_id"] is not None
    key = _pop_key(values)
    text = values.pop("reading")
    return Decision(
        condition=key if is_of_condition else None,
        reading=None if text is None else read_reading(text),
        **values,
    )


def _pop_key(values: Row) -> ConditionKey:
    return ConditionKey(*(values.pop(name) for name in ConditionKey._fields))
