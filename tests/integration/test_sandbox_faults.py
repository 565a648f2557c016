"""The sandbox's faults on purpose: each is what the client of a provider in trouble meets."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from tests.integration.providers import Providers, certificate, providers

_EVENT = {
    "routing_key": "k",
    "event_action": "trigger",
    "dedup_key": "anfl-7",
    "payload": {"summary": "slow", "source": "chat", "severity": "critical"},
}


@pytest.fixture(name="sandbox", scope="module")
def _sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(sandbox: Providers) -> None:
    httpx.delete(f"{sandbox.url}/messages")
    httpx.delete(f"{sandbox.url}/script")


def _send(sandbox: Providers, timeout: float = 30) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/pagerduty/v2/enqueue", json=_EVENT, timeout=timeout)


def _script(sandbox: Providers, channel: str, steps: object) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/script/{channel}", json=steps)


def _mail(sandbox: Providers, timeout: float = 30) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content("slow")
    host, _, port = sandbox.smtp.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=timeout) as client:
        client.send_message(mail)


def test_steps_are_met_in_order_and_attempts_are_counted(sandbox: Providers) -> None:
    steps = [{"status": 429, "retry_after": 3}, {"status": 500}, {"status": 400}]
    assert _script(sandbox, "pagerduty", steps).status_code == 200
    answers = [_send(sandbox) for _ in range(4)]
    assert [each.status_code for each in answers] == [429, 500, 400, 202]
    assert answers[0].headers["retry-after"] == "3"
    told = httpx.get(f"{sandbox.url}/messages", params={"provider": "pagerduty"}).json()
    assert [(each["attempt"], each["is_accepted"], each["fault"]) for each in told] == [
        (1, False, {"status": 429, "retry_after": 3}),
        (2, False, {"status": 500}),
        (3, False, {"status": 400}),
        (4, True, None),
    ]
    assert len(sandbox.messages()) == 1


def test_a_reset_takes_nothing_and_answers_nothing(sandbox: Providers) -> None:
    sandbox.script("pagerduty", [{"reset": True}])
    with pytest.raises(httpx.ReadError):
        _send(sandbox)
    assert sandbox.messages() == []


def test_what_is_taken_before_a_reset_has_arrived(sandbox: Providers) -> None:
    sandbox.script("pagerduty", [{"accept_then_reset": True}])
    with pytest.raises(httpx.ReadError):
        _send(sandbox)
    sandbox.expect({"pagerduty": 1})


def test_a_client_that_does_not_wait_for_a_hanging_provider_has_sent_nothing(
    sandbox: Providers,
) -> None:
    sandbox.script("pagerduty", [{"hang_s": 1}, {"hang_s": 0.2}])
    with pytest.raises(httpx.ReadTimeout):
        _send(sandbox, timeout=0.3)
    assert _send(sandbox).status_code == 202
    ends = time.monotonic() + 60
    while len(sandbox.attempts()) < 2 and time.monotonic() < ends:
        time.sleep(0.02)
    assert sorted(each.is_accepted for each in sandbox.attempts()) == [False, True]


def test_a_slow_body_comes_whole(sandbox: Providers) -> None:
    sandbox.script("pagerduty", [{"slow_body_s": 0.5}])
    begins = time.monotonic()
    assert _send(sandbox).json()["dedup_key"] == "anfl-7"
    assert time.monotonic() - begins >= 0.4
    assert len(sandbox.messages()) == 1


def test_a_step_may_wait_for_one_action(sandbox: Providers) -> None:
    sandbox.script("slack", [{"error": "message_not_found", "at": "chat.update"}])
    api = f"{sandbox.url}/slack/api"
    headers = {"Authorization": "Bearer t"}
    posted = httpx.post(
        f"{api}/chat.postMessage", headers=headers, data={"channel": "#a", "text": "x"}
    )
    assert posted.json()["ok"]
    told = httpx.post(f"{api}/chat.update", headers=headers, data={"channel": "C123456789"})
    assert told.json() == {"ok": False, "error": "message_not_found"}


@pytest.mark.parametrize(("code", "error"), [(451, "451"), (550, "550")])
def test_mail_is_refused_as_scripted(sandbox: Providers, code: int, error: str) -> None:
    sandbox.script("smtp", [{"code": code}])
    with pytest.raises(smtplib.SMTPDataError, match=error):
        _mail(sandbox)
    _mail(sandbox)
    assert [each.attempt for each in sandbox.attempts("smtp")] == [1, 2]
    assert len(sandbox.messages("smtp")) == 1


def test_a_recipient_is_refused_as_scripted(sandbox: Providers) -> None:
    sandbox.script("smtp", [{"code": 550, "at": "RCPT"}])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        _mail(sandbox)


def test_mail_cut_off_after_it_was_taken_has_arrived(sandbox: Providers) -> None:
    sandbox.script("smtp", [{"reset": True}, {"accept_then_reset": True}])
    for _ in range(2):
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
            _mail(sandbox)
    assert [each.is_accepted for each in sandbox.attempts("smtp")] == [False, True]


def test_a_hanging_mail_server_has_taken_nothing_from_who_left(sandbox: Providers) -> None:
    sandbox.script("smtp", [{"hang_s": 30}])
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        _mail(sandbox, timeout=0.5)
    ends = time.monotonic() + 60
    while not sandbox.attempts("smtp") and time.monotonic() < ends:
        time.sleep(0.02)
    assert [each.is_accepted for each in sandbox.attempts("smtp")] == [False]


@pytest.mark.parametrize(
    ("channel", "steps", "told"),
    [
        ("fax", [{"status": 500}], "fax: expected one of pagerduty"),
        ("slack", {"status": 500}, "expected a list of steps"),
        ("slack", [{"status": 200}], "expected a number from 400 to 599"),
        ("slack", [{"status": 500, "reset": True}], "expected one of"),
        ("slack", [{"code": 451}], "expected one of"),
        ("smtp", [{"status": 500}], "expected one of"),
    ],
)
def test_a_script_that_cannot_be_played_is_refused(
    sandbox: Providers, channel: str, steps: object, told: str
) -> None:
    answer = _script(sandbox, channel, steps)
    assert answer.status_code == 400
    assert told in answer.text


def test_a_body_without_end_is_refused(sandbox: Providers) -> None:
    answer = httpx.post(f"{sandbox.url}/webhook/x", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert sandbox.attempts() == []


def test_a_mail_server_with_tls_and_login_takes_mail_of_who_uses_both(tmp_path: Path) -> None:
    tls, authority = certificate(tmp_path)
    with providers(tls=tls) as sandbox:
        host, _, port = sandbox.smtp.rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=30) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(authority)))
            # Twice: smtplib tries the next mechanism.
            sandbox.script("smtp", [{"code": 535, "at": "AUTH"}] * 2)
            with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
                client.login("alerts", "canary-password")
            client.login("alerts", "canary-password")
            client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nslow")
        (kept,) = sandbox.wait_for(1)
    assert kept.draft.fields["is_tls"] is True
    assert kept.draft.secrets == ("password",)
    assert "canary" not in str(kept.as_json())
