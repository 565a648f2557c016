"""Webhooks over real HTTP on loopback."""

import hashlib
import hmac

import pytest

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.channel import Refused, TryAgainLater
from anfl_assets.deliver.dashboard import Dashboard
from anfl_assets.deliver.message import from_json, to_json
from anfl_assets.deliver.webhook import Webhook
from tests.unit.deliver.provider import Provider, Reply, provider
from tests.unit.deliver.samples import FIRST, REPEAT, clock


def _hook(there: Provider, secret: str | None = None) -> Webhook:
    url = Secret(f"{there.url}/hook/T0KEN")
    return Webhook(clock, url, Secret(secret) if secret else None, allow_private=True)


def test_a_hook_gets_the_whole_message_as_json() -> None:
    with provider() as there:
        _hook(there).send(FIRST, "on_call", thread={}, chart=None)
    sent = there.received[0].json
    assert (sent["schema"], sent["to"]) == ("anfl.alert/1", "on_call")
    assert sent["acknowledge"] == "anfl alerts ack 12"
    assert sent["message"]["lines"][0]["value"] == 148.4
    assert there.received[0].headers["Content-Type"].startswith("application/json")
    assert from_json(to_json(FIRST)) == FIRST


def test_a_signature_proves_who_sent_it() -> None:
    with provider() as there:
        _hook(there, "key").send(FIRST, "on_call", thread={}, chart=None)
    request = there.received[0]
    expected = hmac.new(b"key", request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-ANFL-Signature-256"] == f"sha256={expected}"


def test_the_same_message_has_the_same_key_and_another_has_another() -> None:
    with provider() as there:
        for message in (FIRST, FIRST, REPEAT):
            _hook(there).send(message, "on_call", thread={}, chart=None)
    first, again, other = (each.headers["Idempotency-Key"] for each in there.received)
    assert first == again != other


def test_failures_do_not_show_the_address() -> None:
    unknown = Reply(404, b"nothing at /hook/T0KEN")
    with provider(unknown) as there, pytest.raises(Refused) as failed:
        _hook(there).send(FIRST, "on_call", thread={}, chart=None)
    assert "T0KEN" not in f"{failed.value!r} {_hook(there)!r}"


def test_a_server_error_is_tried_again() -> None:
    with provider(Reply(502)) as there, pytest.raises(TryAgainLater, match="answered 502"):
        _hook(there).send(FIRST, "on_call", thread={}, chart=None)


def test_a_private_address_is_refused_unless_it_is_meant() -> None:
    with provider() as there:
        hook = Webhook(clock, Secret(there.url))
        with pytest.raises(Refused, match="not a public address"):
            hook.send(FIRST, "on_call", thread={}, chart=None)
    assert there.received == []


def test_the_dashboard_takes_everything() -> None:
    assert Dashboard().send(FIRST, "owner", thread={}, chart=None).detail == "shown"
