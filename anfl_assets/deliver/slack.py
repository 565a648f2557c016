"""Slack: an incident is one message that is kept up to date, with its story in its thread.

The first message is posted; whatever comes later edits it and, unless it is only an
acknowledgement, is told in its thread (repeats and escalations in the channel too). With an
incoming webhook there is no token: every message is a post of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard
from anfl_assets.deliver.answers import JSON, Clock, parts_of, taken, without_secrets
from anfl_assets.deliver.blocks import blocks, fallback_text
from anfl_assets.deliver.channel import DeliveryError, Receipt
from anfl_assets.deliver.identity import message_key
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.slack_api import SlackApi, SlackRefused
from anfl_assets.deliver.wire import PATIENCE, Patience, post
from anfl_assets.wording.inert import one_line

_BROADCAST = frozenset({"repeat", "escalation", "reminder"})
_GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "thread_not_found",
        "channel_not_found",
    }
)
_BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format"})


@dataclass(frozen=True)
class Slack:
    """Posts, edits and answers with a bot's token; the address is a channel's name or number."""

    api: SlackApi

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Post the message, or bring the posted one up to date and tell it in its thread."""
        own = thread if thread.get("address") == address and thread.get("ts") else None
        if own is None:
            return self._posted(message, address, chart)
        try:
            self._told("chat.update", message, channel=own["channel"], ts=own["ts"])
        except SlackRefused as refusal:
            if refusal.error not in _GONE:
                raise
            return self._posted(message, address, chart)
        if message.reason == "acknowledged":
            return Receipt(own["ts"], "edited", dict(own))
        return self._answered(message, own, chart)

    def _posted(self, message: Message, address: str, chart: bytes | None) -> Receipt:
        told = self._told("chat.postMessage", message, channel=address)
        place = {name: str(told.get(name) or "") for name in ("channel", "ts")}
        posted = {"address": address, **place}
        return Receipt(posted["ts"], self._charted("posted", posted, chart), posted)

    def _answered(self, message: Message, own: Mapping[str, str], chart: bytes | None) -> Receipt:
        told = self._told(
            "chat.postMessage",
            message,
            channel=own["channel"],
            thread_ts=own["ts"],
            reply_broadcast=message.reason in _BROADCAST,
        )
        return Receipt(
            str(told.get("ts") or own["ts"]),
            self._charted("edited and answered", own, chart),
            dict(own),
        )

    def _told(self, method: str, message: Message, **where: Any) -> dict[str, Any]:  # noqa: ANN401 - what the method takes
        told = {**where, **_content(message)}
        try:
            return self.api.call(method, told)
        except SlackRefused as refusal:
            if refusal.error not in _BAD_BLOCKS:
                raise
            # A page in plain words is better than none.
            return self.api.call(method, {**told, "blocks": []})

    def _charted(self, told: str, thread: Mapping[str, str], chart: bytes | None) -> str:
        """Put the chart into the thread; the message has arrived, with or without it."""
        if chart is None:
            return told
        try:
            asked = {"filename": "chart.png", "length": str(len(chart))}
            place = self.api.call_with_form("files.getUploadURLExternal", asked)
            self.api.upload(str(place.get("upload_url")), chart)
            file = {"id": str(place.get("file_id")), "title": "Chart"}
            shown = {"channel_id": thread["channel"], "thread_ts": thread["ts"], "files": [file]}
            self.api.call("files.completeUploadExternal", shown)
        except DeliveryError as error:
            return f"{told}, without its chart: {error}"
        return f"{told}, with its chart"


@dataclass(frozen=True)
class SlackWebhook:
    """Posts through an incoming webhook, whose address already names the channel."""

    clock: Clock
    url: Secret
    patience: Patience = PATIENCE

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Post the message; it cannot be edited later and carries no chart."""
        del thread, chart
        secrets = parts_of(self.url)
        told = json.dumps(_words(message)).encode("ascii")
        try:
            guard = Guard(only_public=False)
            answer = post(self.url.text, told, JSON, patience=self.patience, guard=guard)
            taken(answer, "Slack", clock=self.clock, secrets=secrets)
        except DeliveryError as error:
            raise without_secrets(error, *secrets) from None
        return Receipt(message_key(message, address), "posted")


def _content(message: Message) -> dict[str, Any]:
    named = {"dedup_key": one_line(message.dedup_key), "incident_id": message.incident_id or ""}
    metadata = {"event_type": "anfl_message", "event_payload": named}
    return {**_words(message), "metadata": metadata, "link_names": False}


def _words(message: Message) -> dict[str, Any]:
    return {
        "text": fallback_text(message),
        "blocks": blocks(message),
        "unfurl_links": False,
        "unfurl_media": False,
    }
