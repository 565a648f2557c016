"""What happens to a message that its channel does not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from anfl_assets.deliver.message import Message, from_json, to_json
from anfl_assets.flow.alerting.sending.fallback import (
    handed_over,
    next_channel,
)
from anfl_assets.store.alerts.records import Notice, Target

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FALLBACK = {"PagerDuty": "SMS", "SMS": "Email", "Email": "Slack", "Slack": "Email"}
NOTICE = Notice(
    send_key="7/1/first/PagerDuty/on_call",
    incident_id=7,
    reason="first",
    target=Target("PagerDuty", "on_call"),
    not_before=NOW - timedelta(minutes=1),
    body=to_json(Message("first", "critical", NOW, "incident-7", note="You are on call.")),
)


def test_the_same_contact_is_told_on_the_next_channel_with_why() -> None:
    copy = handed_over(NOTICE, to="SMS", why="HTTP 401", now=NOW)
    assert copy.target == Target("SMS", "on_call")
    assert copy.not_before == NOW
    assert from_json(copy.body).note == "PagerDuty did not take this: HTTP 401 You are on call."
    assert copy.send_key == "7/1/first/PagerDuty/on_call via PagerDuty > SMS"


def test_it_goes_on_until_every_channel_was_passed_through_and_never_in_a_circle() -> None:
    notice, channels = NOTICE, ["PagerDuty"]
    while to := next_channel(notice, FALLBACK):
        notice = handed_over(notice, to=to, why="down", now=NOW)
        channels.append(to)
    assert channels == ["PagerDuty", "SMS", "Email", "Slack"]


def test_a_channel_without_a_fallback_has_none() -> None:
    assert next_channel(replace(NOTICE, target=Target("Dashboard", "owner")), FALLBACK) is None


def test_the_proof_of_a_channel_is_not_sent_elsewhere() -> None:
    assert next_channel(replace(NOTICE, reason="canary"), FALLBACK) is None


def test_a_long_answer_of_a_provider_does_not_fill_the_message() -> None:
    copy = handed_over(NOTICE, to="SMS", why="x" * 10_000, now=NOW)
    assert len(from_json(copy.body).note) < 200
