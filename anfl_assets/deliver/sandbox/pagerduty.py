"""PagerDuty's Events API v2: what it takes, and in which words it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from anfl_assets.deliver.sandbox.call import Answer, Call, object_of, text_of
from anfl_assets.deliver.sandbox.received import Draft

_ACTIONS = ("trigger", "acknowledge", "resolve")
_SEVERITIES = ("critical", "error", "warning", "info")
_KEY_LENGTH = 255
_SUMMARY_LENGTH = 1024
_TOO_LARGE = 512 * 1024
_NUMBER = re.compile(r"#(\d+)\b")
_TOO_MANY = "Requests for this service are arriving too quickly.  Please retry later."


def answer(call: Call) -> Answer:
    """Answer `POST /v2/enqueue`."""
    if len(call.body) > _TOO_LARGE:
        return _invalid(call, {}, ["Event object exceeds the maximum size of 512 KB"], status=413)
    event = call.json()
    if not isinstance(event, dict):
        return _invalid(call, {}, ["JSON cannot be parsed"])
    faults = list(_faults(event))
    if faults:
        return _invalid(call, event, faults)
    key = text_of(event.get("dedup_key")) or call.identity * 2
    told = {"status": "success", "message": "Event processed", "dedup_key": key}
    return Answer(202, told, _draft(call, event, key=key))


def failure(status: int) -> dict[str, Any]:
    """Return the body of an answer that has nothing to do with the event."""
    if status == 429:  # noqa: PLR2004 - HTTP's own number
        return {"status": "throttle exceeded", "message": _TOO_MANY, "errors": [_TOO_MANY]}
    return {"status": "error", "message": "Internal Server Error", "errors": ["try again later"]}


def _faults(event: dict[str, Any]) -> Iterator[str]:
    action = event.get("event_action")
    if not event.get("routing_key") or not isinstance(event["routing_key"], str):
        yield "'routing_key' is missing or blank"
    if action not in _ACTIONS:
        yield f"'event_action' must be one of {', '.join(_ACTIONS)}"
    key = event.get("dedup_key")
    if key is not None and (not isinstance(key, str) or len(key) > _KEY_LENGTH):
        yield f"'dedup_key' must be a string of at most {_KEY_LENGTH} characters"
    if action in ("acknowledge", "resolve") and not key:
        yield "'dedup_key' is missing or blank"
    if action == "trigger":
        yield from _payload_faults(object_of(event.get("payload")))
    for name in ("links", "images"):
        if not isinstance(event.get(name, []), list):
            yield f"'{name}' must be an array"


def _payload_faults(payload: dict[str, Any]) -> Iterator[str]:
    for name in ("summary", "source"):
        if not payload.get(name) or not isinstance(payload[name], str):
            yield f"'payload.{name}' is missing or blank"
    if len(str(payload.get("summary", ""))) > _SUMMARY_LENGTH:
        yield f"'payload.summary' is too long (maximum is {_SUMMARY_LENGTH} characters)"
    if payload.get("severity") not in _SEVERITIES:
        yield f"'payload.severity' is invalid (must be one of {', '.join(_SEVERITIES)})"


def _invalid(call: Call, event: dict[str, Any], faults: list[str], status: int = 400) -> Answer:
    told = {"status": "invalid event", "message": "Event object is invalid", "errors": faults}
    key = text_of(event.get("dedup_key")) or ""
    return Answer(status, told, _draft(call, event, key=key, refusal="; ".join(faults)))


def _incident_id(details: dict[str, Any]) -> str | None:
    """Return the incident's number: its own field, or the first of `Incident: #7, open since …`."""
    told = _NUMBER.match(str(details.get("Incident", "")))
    return text_of(details.get("incident_id")) or (told.group(1) if told else None)


def _draft(call: Call, event: dict[str, Any], *, key: str, refusal: str | None = None) -> Draft:
    details = object_of(object_of(event.get("payload")).get("custom_details"))
    return Draft(
        action=text_of(event.get("event_action")) or "",
        identity=call.identity,
        fields={name: value for name, value in event.items() if name != "routing_key"},
        key=key,
        incident_id=_incident_id(details),
        secrets=("routing_key",) if event.get("routing_key") else (),
        refusal=refusal,
    )
