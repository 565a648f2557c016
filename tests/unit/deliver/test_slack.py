"""Slack over real HTTP on loopback: one message an incident, kept up to date."""

import json
from dataclasses import replace

import pytest

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.channel import Receipt, Refused, TryAgainLater
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.slack import Slack, SlackWebhook
from anfl_assets.deliver.slack_api import SlackApi
from tests.unit.deliver.provider import Provider, Reply, provider
from tests.unit.deliver.samples import (
    ACKNOWLEDGED,
    CANARY,
    DIGEST,
    ESCALATION,
    FIRST,
    RECOVERY,
    REPEAT,
    STORM,
    clock,
)

OWN = {"address": "#on-call", "channel": "C123456789", "ts": "1.000001"}


def _said(**told: object) -> Reply:
    return Reply(body=json.dumps(told).encode())


POSTED = _said(ok=True, channel="C123456789", ts="1.000001")
REPLIED = _said(ok=True, channel="C123456789", ts="1.000002")
NOT_FOUND = _said(ok=False, error="message_not_found")


def _send(
    there: Provider,
    message: Message,
    thread: dict[str, str] | None = None,
    chart: bytes | None = None,
) -> Receipt:
    channel = Slack(SlackApi(clock, Secret("xoxb-T0KEN"), url=f"{there.url}/api/"))
    return channel.send(message, "#on-call", thread=thread or {}, chart=chart)


def test_a_first_message_is_posted_and_remembered() -> None:
    with provider(POSTED) as there:
        receipt = _send(there, FIRST)
    assert there.paths == ["/api/chat.postMessage"]
    assert there.received[0].headers["Authorization"] == "Bearer xoxb-T0KEN"
    assert (receipt.reference, receipt.thread) == ("1.000001", OWN)


def test_blocks_say_what_where_why_and_how_to_stop_it() -> None:
    with provider(POSTED) as there:
        _send(there, STORM)
    sent = there.received[0].json
    shown = json.dumps(sent["blocks"])
    assert sent["channel"] == "#on-call"
    assert sent["blocks"][0]["type"] == "header"
    for told in (
        "Inference latency of chat has no data",
        "and 1,197 more",
        "Held back: 17 more, because of this",
        "`anfl alerts ack 12`",
        "<https://runbooks.example.org/latency|Runbook>",
    ):
        assert told in shown
    assert sent["metadata"]["event_payload"]["incident_id"] == 12


@pytest.mark.parametrize(
    ("message", "is_broadcast"),
    [
        (REPEAT, True),
        (ESCALATION, True),
        (replace(FIRST, reason="update"), False),
        (RECOVERY, False),
    ],
    ids=lambda value: getattr(value, "reason", ""),
)
def test_what_follows_edits_the_message_and_is_told_in_its_thread(
    message: Message,
    is_broadcast: bool,  # noqa: FBT001
) -> None:
    with provider(POSTED, REPLIED) as there:
        receipt = _send(there, message, OWN)
    edit, reply = (request.json for request in there.received)
    assert there.paths == ["/api/chat.update", "/api/chat.postMessage"]
    assert (edit["channel"], edit["ts"]) == ("C123456789", "1.000001")
    assert (reply["thread_ts"], reply["reply_broadcast"]) == ("1.000001", is_broadcast)
    assert (receipt.reference, receipt.thread) == ("1.000002", OWN)


def test_an_acknowledgement_only_edits() -> None:
    with provider(POSTED) as there:
        assert _send(there, ACKNOWLEDGED, OWN).thread == OWN
    assert there.paths == ["/api/chat.update"]


def test_a_message_that_is_gone_is_posted_anew() -> None:
    with provider(NOT_FOUND, POSTED) as there:
        assert _send(there, REPEAT, {**OWN, "ts": "0.1"}).thread == OWN
    assert there.paths == ["/api/chat.update", "/api/chat.postMessage"]


def test_the_thread_of_another_channel_is_left_alone() -> None:
    with provider(POSTED) as there:
        _send(there, ESCALATION, {**OWN, "address": "#elsewhere"})
    assert there.paths == ["/api/chat.postMessage"]


def test_a_chart_goes_into_the_thread() -> None:
    with provider() as files:
        place = _said(ok=True, upload_url=f"{files.url}/upload/F1", file_id="F1")
        with provider(POSTED, place, _said(ok=True)) as there:
            receipt = _send(there, FIRST, chart=b"\x89PNG")
    assert receipt.detail == "posted, with its chart"
    assert files.received[0].body == b"\x89PNG"
    assert "Authorization" not in files.received[0].headers
    assert there.received[1].body == b"filename=chart.png&length=4"
    assert there.received[2].json == {
        "channel_id": "C123456789",
        "thread_ts": "1.000001",
        "files": [{"id": "F1", "title": "Chart"}],
    }


def test_a_chart_that_is_not_taken_does_not_undo_the_message() -> None:
    with provider(POSTED, _said(ok=False, error="missing_scope")) as there:
        receipt = _send(there, FIRST, chart=b"\x89PNG")
    assert receipt.reference == "1.000001"
    assert receipt.detail.startswith("posted, without its chart: Slack refused")


def test_blocks_that_slack_does_not_like_give_way_to_plain_words() -> None:
    with provider(_said(ok=False, error="invalid_blocks"), POSTED) as there:
        _send(there, FIRST)
    assert there.received[1].json["blocks"] == []
    assert there.received[1].json["text"].startswith("[CRITICAL] Inference latency")


@pytest.mark.parametrize(
    "error", ["invalid_auth", "channel_not_found", "not_in_channel", "account_inactive"]
)
def test_what_slack_will_never_take_is_refused_in_its_words(error: str) -> None:
    with provider(_said(ok=False, error=error)) as there, pytest.raises(Refused, match=error):
        _send(there, FIRST)


@pytest.mark.parametrize(
    ("reply", "wait_s"),
    [
        (Reply(429, headers={"Retry-After": "30"}), 30),
        (Reply(200, b'{"ok":false,"error":"ratelimited"}', {"Retry-After": "7"}), 7),
        (_said(ok=False, error="internal_error"), None),
        (Reply(200, b"<html>"), None),
        (Reply(503), None),
    ],
)
def test_a_busy_slack_is_tried_again(reply: Reply, wait_s: float | None) -> None:
    with provider(reply) as there, pytest.raises(TryAgainLater) as failed:
        _send(there, FIRST)
    assert failed.value.retry_after_s == wait_s


def test_no_failure_shows_the_token() -> None:
    said = _said(ok=False, error="bad xoxb-T0KEN")
    with provider(said) as there, pytest.raises(Refused) as failed:
        _send(there, FIRST)
    assert "T0KEN" not in repr(failed.value)


def test_a_webhook_posts_every_message_anew() -> None:
    with provider(Reply(body=b"ok")) as there:
        hook = SlackWebhook(clock, Secret(f"{there.url}/services/T/B/X"))
        for message in (FIRST, REPEAT, CANARY, DIGEST):
            assert hook.send(message, "on_call", thread=OWN, chart=b"png").thread == {}
    assert there.paths == ["/services/T/B/X"] * 4
    assert "metadata" not in there.received[0].json


def test_a_webhook_that_is_gone_is_refused_without_its_address() -> None:
    gone = Reply(404, b"no_service at /services/T/B/5ECRET")
    with provider(gone) as there:
        hook = SlackWebhook(clock, Secret(f"{there.url}/services/T/B/5ECRET"))
        with pytest.raises(Refused, match="no_service") as failed:
            hook.send(FIRST, "on_call", thread={}, chart=None)
    assert "5ECRET" not in repr(failed.value)
