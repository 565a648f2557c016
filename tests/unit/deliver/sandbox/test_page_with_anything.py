"""Whatever a provider is sent, the page can still be read."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anfl_assets.deliver.sandbox.app import make_app
from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.mail_view import html_of, mails
from anfl_assets.deliver.sandbox.received import Draft, Received
from anfl_assets.deliver.sandbox.script import Script

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_WORDS = st.sampled_from(
    ["", "\ud800", "\x00", "<b>", "{{ x }}", "C12345678", "mrkdwn", "section", "F1", "é"]
)
_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "fields", "id", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_KEYS = ("text", "attachments", "thread_ts", "ts", "metadata", "custom_details", "component")
_MORE = st.dictionaries(st.sampled_from((*_KEYS, "links", "blocks")), _ANY, max_size=4)
_PARTS = st.sampled_from(
    [
        "Content-Type: multipart/mixed; boundary=x",
        "Content-Type: multipart/mixed",
        "Content-Type: text/html; charset=no-such",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: 8bit",
        "Content-Disposition: attachment; filename*=utf-8''%ff",
        "Content-ID: <chart>",
        "MIME-Version: 1.0",
        "References: <a> <b",
        "",
        "--x",
        "--x--",
        "<img src='cid:chart'> \ufffd",
        "=?utf-8?q?=ff?=",
    ]
)
_SETTINGS = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@_SETTINGS
@given(st.lists(_MORE, max_size=3))
def test_any_json_leaves_the_page_readable(told: list[dict[str, Any]]) -> None:
    status, kept = asyncio.run(_posted(told))
    assert (status, kept) == (200, 4 * len(told))


async def _posted(told: list[dict[str, Any]]) -> tuple[int, int]:
    app = httpx.ASGITransport(make_app(Inbox(lambda: _NOON), Script()))
    async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") as page:
        for each in told:
            payload = {**each, "summary": "s", "source": "x", "severity": "critical"}
            event = {"routing_key": "k", "event_action": "trigger", "payload": payload}
            slack = {**each, "channel": each.get("component") or "#a", "token": "t"}
            posts = {
                "/pagerduty/v2/enqueue": {**each, **event},
                "/slack/api/chat.postMessage": slack,
                "/slack/services/a/b/c": each,
                "/webhook/a": each,
            }
            for path, body in posts.items():
                headers = {"Content-Type": "application/json"}
                await page.post(path, content=json.dumps(body), headers=headers)
        shown = await page.get("/")
        return shown.status_code, len((await page.get("/messages")).json())


@_SETTINGS
@given(st.lists(_PARTS, max_size=8))
def test_any_mail_can_be_shown(lines: list[str]) -> None:
    fields = {"from": "a", "to": ["b"], "subject": "", "headers": {}, "raw": "\n".join(lines)}
    received = Received(1, "smtp", _NOON, 1, True, Draft("mail", "i", fields))  # noqa: FBT003
    assert len(mails([received])) == 1
    assert html_of(received) is None or isinstance(html_of(received), str)
