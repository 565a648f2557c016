"""The channels at providers in trouble: hostile texts arrive, and every fault has its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from anfl_assets.deliver.channel import Channel, Receipt, Refused, TryAgainLater
from anfl_assets.deliver.channels import Channels
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.sandboxed import sandbox_channels
from anfl_assets.deliver.wire import Patience
from tests.integration.providers import Providers, providers
from tests.unit.deliver.samples import FIRST, LATENCY

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_SHORT = Patience(connect_s=0.7, total_s=0.7)
_OF = {"PagerDuty": "pagerduty", "SMS": "twilio", "Email": "smtp", "Slack": "slack"}
_HOSTILE = (
    "<!channel> <@U1> <http://evil.example|click>",
    "x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>",
    "\x00\x1b[31m\u202egnp.exe \ud800",
    "x" * 10_240,
)


@pytest.fixture(name="sandbox", scope="module")
def _sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(sandbox: Providers) -> None:
    httpx.delete(f"{sandbox.url}/messages")
    httpx.delete(f"{sandbox.url}/script")


def _channels(sandbox: Providers) -> Channels:
    here = {"ANFL_SANDBOX_URL": sandbox.url, "ANFL_SANDBOX_SMTP": sandbox.smtp}
    return sandbox_channels(here, lambda: _NOON)


def _hasty(channel: Any) -> Channel:  # noqa: ANN401 - any of the channels
    """Return a channel that waits a second instead of ten."""
    if hasattr(channel, "api"):
        return replace(channel, api=replace(channel.api, patience=_SHORT))  # type: ignore[no-any-return]
    return replace(channel, patience=_SHORT)  # type: ignore[no-any-return]


def _send(sandbox: Providers, name: str, message: Message = FIRST) -> Receipt:
    channels = _channels(sandbox)
    address = channels.address("on_call", name)
    return _hasty(channels.open(name)).send(message, address, thread={}, chart=None)


@pytest.mark.parametrize("name", _OF)
def test_a_hostile_name_never_blocks_a_page(sandbox: Providers, name: str) -> None:
    for text in _HOSTILE:
        line = replace(LATENCY, label=text, subject=text, unit=text)
        hostile = replace(FIRST, lines=(line,), owner=text, note=text, organisation=text)
        _send(sandbox, name, hostile)
    sandbox.expect({_OF[name]: len(_HOSTILE)})


@pytest.mark.parametrize("name", ["PagerDuty", "SMS", "Slack"])
@pytest.mark.parametrize(
    "step",
    [{"status": 500}, {"hang_s": 1.5}, {"reset": True}, {"accept_then_reset": True}],
    ids=["500", "hangs", "resets", "takes and resets"],
)
def test_a_provider_in_trouble_is_tried_again(
    sandbox: Providers, name: str, step: dict[str, object]
) -> None:
    sandbox.script(_OF[name], [step])
    with pytest.raises(TryAgainLater):
        _send(sandbox, name)
    _send(sandbox, name)
    # The same message twice is the same to the provider.
    assert len({each.draft.identity for each in sandbox.attempts(_OF[name])}) == 1
    assert sandbox.messages(_OF[name])[-1].fault is None


@pytest.mark.parametrize("name", ["PagerDuty", "SMS", "Slack"])
def test_a_busy_provider_is_left_alone_as_long_as_it_says(sandbox: Providers, name: str) -> None:
    sandbox.script(_OF[name], [{"status": 429, "retry_after": 17}])
    with pytest.raises(TryAgainLater) as failed:
        _send(sandbox, name)
    assert failed.value.retry_after_s == 17


@pytest.mark.parametrize("name", ["PagerDuty", "SMS", "Slack"])
def test_a_provider_that_says_no_is_not_asked_again(sandbox: Providers, name: str) -> None:
    sandbox.script(_OF[name], [{"status": 400}])
    with pytest.raises(Refused):
        _send(sandbox, name)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ({"code": 421}, TryAgainLater),
        ({"code": 451}, TryAgainLater),
        ({"code": 550, "at": "RCPT"}, Refused),
        ({"code": 450, "at": "RCPT"}, TryAgainLater),
        ({"code": 554}, Refused),
        ({"hang_s": 1.5}, TryAgainLater),
        ({"reset": True}, TryAgainLater),
        ({"accept_then_reset": True}, TryAgainLater),
    ],
    ids=str,
)
def test_a_mail_server_in_trouble_says_whether_to_try_again(
    sandbox: Providers, step: dict[str, object], error: type[Exception]
) -> None:
    sandbox.script("smtp", [step])
    with pytest.raises(error):
        _send(sandbox, "Email")
    taken = _send(sandbox, "Email").reference
    assert sandbox.messages("smtp")[-1].draft.key == taken


def test_a_chart_is_shown_in_the_thread_and_in_the_mail(sandbox: Providers) -> None:
    channels, png = _channels(sandbox), b"\x89PNG\r\n\x1a\n-a-picture"
    for name in ("Slack", "Email"):
        address = channels.address("on_call", name)
        receipt = channels.open(name).send(FIRST, address, thread={}, chart=png)
        assert "without" not in receipt.detail
    assert "files.completeUploadExternal" in [
        each.draft.action for each in sandbox.messages("slack")
    ]
    assert "image/png" in sandbox.messages("smtp")[0].draft.fields["raw"]
