"""Twilio over real HTTP on loopback."""

from base64 import b64encode
from urllib.parse import parse_qs

import pytest

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.channel import Receipt, Refused, TryAgainLater
from anfl_assets.deliver.twilio import Twilio
from tests.unit.deliver.provider import Provider, Reply, provider
from tests.unit.deliver.samples import FIRST, clock


def _send(there: Provider) -> Receipt:
    account, token = Secret("AC123"), Secret("T0KEN")
    channel = Twilio(clock, account, token, sender="+15005550006", url=there.url)
    return channel.send(FIRST, "+4915112345678", thread={}, chart=None)


def test_an_sms_is_a_form_with_a_login() -> None:
    with provider(Reply(201, b'{"sid":"SM1","status":"queued"}')) as there:
        receipt = _send(there)
    sent = there.received[0]
    form = parse_qs(sent.body.decode("ascii"), strict_parsing=True)
    assert sent.path == "/2010-04-01/Accounts/AC123/Messages.json"
    assert sent.headers["Authorization"] == "Basic " + b64encode(b"AC123:T0KEN").decode()
    assert (form["To"], form["From"]) == (["+4915112345678"], ["+15005550006"])
    assert form["Body"][0].startswith("CRITICAL: Inference latency of image-generation 148.4 ms")
    assert (receipt.reference, receipt.detail) == ("SM1", "queued")


def test_too_many_requests_are_tried_again() -> None:
    with provider(Reply(429, b'{"code":20429}')) as there, pytest.raises(TryAgainLater):
        _send(there)


def test_a_number_that_does_not_exist_is_refused_in_twilios_words() -> None:
    said = Reply(400, b'{"code":21211,"message":"Invalid To, token T0KEN"}')
    with provider(said) as there, pytest.raises(Refused, match="21211") as failed:
        _send(there)
    assert "T0KEN" not in repr(failed.value)


def test_a_page_of_somebody_in_between_is_no_receipt() -> None:
    page = Reply(200, b"<html>Please log in to this network</html>")
    with provider(page) as there, pytest.raises(TryAgainLater, match="not its own"):
        _send(there)
