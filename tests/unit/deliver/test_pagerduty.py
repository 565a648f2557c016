"""PagerDuty over real HTTP on loopback."""

from dataclasses import replace

import pytest

from anfl_assets.deliver.channel import Refused, TryAgainLater
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.pagerduty import PagerDuty, event
from tests.unit.deliver.provider import Provider, Reply, provider
from tests.unit.deliver.samples import (
    ACKNOWLEDGED,
    CANARY,
    DIGEST,
    FIRST,
    LATENCY,
    RECOVERY,
    REPEAT,
    STORM,
    clock,
)

KEY = "R0UTINGKEY0000000000000000000000"
TAKEN = Reply(202, b'{"status":"success","dedup_key":"anfl/example/inference_latency"}')


def _send(there: Provider, message: Message) -> str:
    channel = PagerDuty(clock, url=there.url)
    return channel.send(message, KEY, thread={}, chart=None).reference


def test_an_incident_keeps_one_key_from_trigger_to_resolve() -> None:
    with provider(TAKEN) as there:
        for message in (FIRST, REPEAT, ACKNOWLEDGED, RECOVERY):
            assert _send(there, message) == "anfl/example/inference_latency"
    told = [(each.json["event_action"], each.json["dedup_key"]) for each in there.received]
    assert [action for action, _ in told] == ["trigger", "trigger", "acknowledge", "resolve"]
    assert {key for _, key in told} == {"anfl/example/inference_latency"}
    assert there.paths == ["/v2/enqueue"] * 4


def test_an_event_says_what_where_and_how_bad() -> None:
    sent = event(STORM, KEY, "trigger")
    payload = sent["payload"]
    assert sent["routing_key"] == KEY
    assert payload["summary"].startswith(
        "[CRITICAL] Inference latency of image-generation 148.4 ms"
    )
    assert (payload["source"], payload["severity"]) == ("image-generation", "critical")
    assert (payload["component"], payload["class"]) == ("inference_latency", "breached")
    assert payload["timestamp"] == "2026-11-23T14:05:00.000+00:00"
    assert payload["custom_details"]["What"][3] == "and 1,197 more"
    assert payload["custom_details"]["Acknowledge"] == "anfl alerts ack 12"
    assert sent["links"][0] == {"href": "https://runbooks.example.org/latency", "text": "Runbook"}


def test_the_daily_proof_is_resolved_at_once() -> None:
    with provider(TAKEN) as there:
        _send(there, CANARY)
    assert [each.json["event_action"] for each in there.received] == ["trigger", "resolve"]
    assert there.received[0].json["payload"]["severity"] == "info"


def test_a_digest_lists_what_it_collected() -> None:
    details = event(DIGEST, KEY, "trigger")["payload"]["custom_details"]
    assert details["Collected"][1].startswith("2026-11-23 14:28 UTC [RESOLVED] Inference latency")


def test_a_key_that_is_too_long_is_hashed_not_cut() -> None:
    one = event(replace(FIRST, dedup_key="a" * 300), KEY, "trigger")["dedup_key"]
    other = event(replace(FIRST, dedup_key="a" * 301), KEY, "trigger")["dedup_key"]
    assert len(one) == 64
    assert one != other


def test_a_name_of_ten_kilobytes_does_not_block_a_page() -> None:
    with provider(TAKEN) as there:
        _send(there, replace(FIRST, lines=(replace(LATENCY, subject="x\r\n" * 4_000),)))
    assert len(there.received[0].body) < 10_000


def test_a_busy_pagerduty_is_left_alone_as_long_as_it_says() -> None:
    busy = Reply(429, headers={"Retry-After": "17"})
    with provider(busy) as there, pytest.raises(TryAgainLater) as failed:
        _send(there, FIRST)
    assert failed.value.retry_after_s == 17


def test_a_refusal_says_why_without_the_routing_key() -> None:
    said = f'{{"status":"invalid event","errors":["no service for {KEY}"]}}'.encode()
    with provider(Reply(400, said)) as there, pytest.raises(Refused) as failed:
        _send(there, FIRST)
    assert "invalid event" in str(failed.value)
    assert KEY not in str(failed.value)


def test_a_page_of_somebody_in_between_is_no_receipt() -> None:
    page = Reply(200, b"<html>Please log in to this network</html>")
    with provider(page) as there, pytest.raises(TryAgainLater, match="not its own"):
        _send(there, FIRST)
