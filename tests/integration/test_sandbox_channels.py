"""The project's own channels at the sandbox: what they send is what its page can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from anfl_assets.deliver.channel import Refused
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.sandboxed import sandbox_channels
from tests.integration.providers import Providers, providers
from tests.unit.deliver import samples

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_LATENCY = replace(
    samples.LATENCY, subject='chat <!channel> "><b>', since=_NOON, window_end_at=_NOON
)
_FIRST = replace(
    samples.FIRST,
    at=_NOON,
    dedup_key="anfl/7",
    lines=(_LATENCY,),
    incident_id=7,
    opened_at=_NOON,
    link=None,
    organisation="",
)
_STORY = (
    _FIRST,
    replace(_FIRST, reason="acknowledged", acknowledged_by="Ana", at=_NOON + timedelta(minutes=1)),
    replace(
        _FIRST,
        reason="recovery",
        at=_NOON + timedelta(minutes=9),
        lines=(replace(_LATENCY, is_over=True, value=42.0),),
        firing_count=0,
    ),
)


@pytest.fixture(name="sandbox")
def _sandbox() -> Iterator[Providers]:
    with providers(acknowledge=lambda number, by, via: (number, by, via)) as running:
        yield running


def _tell(sandbox: Providers, channel: str, messages: tuple[Message, ...]) -> None:
    here = {"ANFL_SANDBOX_URL": sandbox.url, "ANFL_SANDBOX_SMTP": sandbox.smtp}
    channels = sandbox_channels(here, lambda: _NOON)
    opened, address = channels.open(channel), channels.address("on_call", channel)
    thread: dict[str, str] = {}
    for message in messages:
        receipt = opened.send(message, address, thread=thread, chart=None)
        thread = dict(receipt.thread)


def _page(sandbox: Providers) -> str:
    return httpx.get(f"{sandbox.url}/").text


def test_pagerduty_is_one_incident_from_trigger_to_end(sandbox: Providers) -> None:
    _tell(sandbox, "PagerDuty", _STORY[:1])
    assert 'value="7"' in _page(sandbox)
    _tell(sandbox, "PagerDuty", _STORY[1:])
    actions = [each.draft.action for each in sandbox.messages("pagerduty")]
    assert actions == ["trigger", "acknowledge", "resolve"]
    page = _page(sandbox)
    assert page.count('<article class="incident resolved">') == 1
    assert "<button>" not in page


def test_slack_asks_for_an_acknowledgement_until_there_is_one(sandbox: Providers) -> None:
    _tell(sandbox, "Slack", _STORY[:1])
    page = _page(sandbox)
    assert page.count("<button>Acknowledge</button>") == 1
    assert '<span class="mention">' not in page
    _tell(sandbox, "Slack", _STORY)
    page = _page(sandbox)
    assert page.count("<button>Acknowledge</button>") == 1
    assert "(edited 2 times)" in page


@pytest.mark.parametrize(
    ("channel", "provider", "incident_id"), [("SMS", "twilio", None), ("Email", "smtp", "7")]
)
def test_what_is_not_edited_comes_once_a_message(
    sandbox: Providers, channel: str, provider: str, incident_id: str | None
) -> None:
    _tell(sandbox, channel, (_STORY[0], _STORY[2]))
    sandbox.expect({provider: 2})
    assert {each.draft.incident_id for each in sandbox.messages()} == {incident_id}
    assert "<b>" not in _page(sandbox).partition("<main")[2].replace("<b data-count=", "")


def test_a_faulty_provider_fails_the_channel_and_is_told(sandbox: Providers) -> None:
    sandbox.script("slack", [{"error": "channel_not_found", "at": "chat.postMessage"}])
    with pytest.raises(Refused, match="channel_not_found"):
        _tell(sandbox, "Slack", _STORY[:1])
    sandbox.expect({"slack": 0}, within_s=1)
    assert "channel_not_found" in _page(sandbox)
