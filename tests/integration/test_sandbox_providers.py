"""The sandbox against the providers' own clients: what they are told is what they expect."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.integration.providers import Providers, providers

_EVENT = {
    "routing_key": "canary-routing-key",
    "event_action": "trigger",
    "dedup_key": "anfl-7",
    "payload": {
        "summary": "inference_latency chat: 180 ms",
        "source": "chat",
        "severity": "critical",
        "custom_details": {"incident_id": 7},
    },
}
_SMS = {"To": "+4915112345678", "From": "+15005550006", "Body": "chat: 180 ms"}
_LOGIN = ("AC0", "canary-token")


@pytest.fixture(name="sandbox")
def _sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


def test_pagerduty_takes_an_event_and_never_shows_its_key(sandbox: Providers) -> None:
    answer = httpx.post(f"{sandbox.url}/pagerduty/v2/enqueue", json=_EVENT)
    assert answer.status_code == 202
    assert answer.json() == {
        "status": "success",
        "message": "Event processed",
        "dedup_key": "anfl-7",
    }
    (kept,) = sandbox.messages("pagerduty")
    assert (kept.draft.action, kept.draft.key, kept.draft.incident_id) == ("trigger", "anfl-7", "7")
    assert kept.draft.secrets == ("routing_key",)
    assert "canary" not in json.dumps(kept.as_json())


def test_slack_posts_edits_and_threads_for_its_own_client(sandbox: Providers) -> None:
    client = WebClient(token="xoxb-canary", base_url=f"{sandbox.url}/slack/api/")  # noqa: S106
    assert client.auth_test()["ok"]
    first = client.chat_postMessage(channel="#on-call", text="chat is slow")
    assert first["channel"].startswith("C")
    client.chat_update(channel=first["channel"], ts=first["ts"], text="chat is well again")
    client.chat_postMessage(channel=first["channel"], thread_ts=first["ts"], text="over")
    actions = [each.draft.action for each in sandbox.messages("slack")]
    assert actions == ["chat.postMessage", "chat.update", "chat.postMessage"]
    assert "canary" not in json.dumps([each.as_json() for each in sandbox.attempts()])


def test_slack_refuses_blocks_that_are_too_long(sandbox: Providers) -> None:
    client = WebClient(token="xoxb-canary", base_url=f"{sandbox.url}/slack/api/")  # noqa: S106
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel="#on-call", text="x", blocks=long)
    assert sandbox.messages() == []


def test_twilio_takes_a_message_and_refuses_a_bad_number(sandbox: Providers) -> None:
    url = f"{sandbox.url}/twilio/2010-04-01/Accounts/AC0/Messages.json"
    taken = httpx.post(url, data=_SMS, auth=_LOGIN)
    assert (taken.status_code, taken.json()["status"]) == (201, "queued")
    bad = httpx.post(url, data={**_SMS, "To": "call me"}, auth=_LOGIN)
    assert (bad.status_code, bad.json()["code"]) == (400, 21211)
    assert httpx.post(url, data=_SMS).status_code == 401
    assert len(sandbox.messages("twilio")) == 1


def test_mail_is_taken(sandbox: Providers) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "alerts@example.org", "oncall@example.org"
    mail["Subject"], mail["X-ANFL-Incident"] = "chat is slow", "7"
    mail.set_content("180 ms")
    host, _, port = sandbox.smtp.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.send_message(mail)
    (kept,) = sandbox.wait_for(1)
    assert (kept.draft.fields["subject"], kept.draft.incident_id) == ("chat is slow", "7")
