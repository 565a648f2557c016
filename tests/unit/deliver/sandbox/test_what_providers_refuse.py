"""What the sandbox's providers take and refuse, and in whose words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anfl_assets.deliver.sandbox import pagerduty, twilio
from anfl_assets.deliver.sandbox.call import Call
from anfl_assets.deliver.sandbox.slack_blocks import block_faults

_PAYLOAD = {"summary": "slow", "source": "chat", "severity": "critical"}
_TRIGGER = {"routing_key": "k", "event_action": "trigger", "payload": _PAYLOAD}
_SMS = {"To": "+4915112345678", "From": "+15005550006", "Body": "slow"}
_LOGIN = {"authorization": "Basic QUM6dG9rZW4="}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"routing_key": ""}, "'routing_key' is missing or blank"),
        (
            {"event_action": "page"},
            "'event_action' must be one of trigger, acknowledge, resolve",
        ),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
        (
            {"dedup_key": "x" * 256},
            "'dedup_key' must be a string of at most 255 characters",
        ),
        ({"payload": {**_PAYLOAD, "summary": ""}}, "'payload.summary' is missing or blank"),
        (
            {"payload": {**_PAYLOAD, "summary": "x" * 1025}},
            "'payload.summary' is too long (maximum is 1024 characters)",
        ),
        (
            {"payload": {**_PAYLOAD, "severity": "information"}},
            "'payload.severity' is invalid (must be one of critical, error, warning, info)",
        ),
        ({"links": "https://a.example/"}, "'links' must be an array"),
    ],
)
def test_pagerduty_names_what_is_wrong(changes: dict[str, Any], told: str) -> None:
    answered = pagerduty.answer(Call("", {}, json.dumps({**_TRIGGER, **changes}).encode()))
    assert (answered.status, answered.body) == (
        400,
        {"status": "invalid event", "message": "Event object is invalid", "errors": [told]},
    )


def test_pagerduty_makes_a_key_where_none_is_given() -> None:
    answered = pagerduty.answer(Call("", {}, json.dumps(_TRIGGER).encode()))
    assert answered.draft is not None
    assert len(answered.draft.key) == 32


@pytest.mark.parametrize(
    ("changes", "headers", "status", "code"),
    [
        ({}, {}, 401, 20003),
        ({}, {"authorization": "Bearer x"}, 401, 20003),
        ({"To": ""}, _LOGIN, 400, 21604),
        ({"To": "015112345678"}, _LOGIN, 400, 21211),
        ({"From": ""}, _LOGIN, 400, 21603),
        ({"From": "a_very_long_name"}, _LOGIN, 400, 21212),
        ({"Body": " "}, _LOGIN, 400, 21602),
        ({"Body": "x" * 1601}, _LOGIN, 400, 21617),
    ],
)
def test_twilio_has_a_number_for_what_is_wrong(
    changes: dict[str, str], headers: dict[str, str], status: int, code: int
) -> None:
    from urllib.parse import urlencode

    answered = twilio.answer(Call("AC", headers, urlencode({**_SMS, **changes}).encode()))
    assert isinstance(answered.body, dict)
    assert (answered.status, answered.body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("text", "count"),
    [("x" * 160, 1), ("x" * 161, 2), ("ж" * 70, 1), ("ж" * 71, 2), ("\N{BELL}" * 36, 2)],
)
def test_a_long_sms_travels_in_segments(text: str, count: int) -> None:
    assert twilio.segments(text) == count


def _text(length: int, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": "x" * length}


@pytest.mark.parametrize(
    ("blocks", "faults"),
    [
        ([{"type": "section", "text": _text(3000)}], 0),
        ([{"type": "section", "text": _text(3001)}], 1),
        ([{"type": "section", "text": _text(0)}], 1),
        ([{"type": "section", "fields": [_text(1)] * 11}], 1),
        ([{"type": "section", "fields": [_text(2001)]}], 1),
        ([{"type": "section"}], 1),
        ([{"type": "divider"}] * 50, 0),
        ([{"type": "divider"}] * 51, 1),
        ([{"type": "header", "text": _text(150, "plain_text")}], 0),
        ([{"type": "header", "text": _text(9)}], 1),
        ([{"type": "context", "elements": []}], 1),
        ([{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "chart"}], 0),
        ([{"type": "image", "alt_text": "chart"}], 1),
        ([{"type": "blink"}], 1),
        ("no list", 1),
    ],
)
def test_blocks_beyond_slacks_limits_are_faults(blocks: object, faults: int) -> None:
    assert len(list(block_faults(blocks))) == faults
