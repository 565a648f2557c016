"""Slack's channels as a reader sees them: edited in place, answers below what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anfl_assets.deliver.sandbox.call import object_of
from anfl_assets.deliver.sandbox.received import Received
from anfl_assets.deliver.sandbox.slack import COMPLETE, UPDATE
from anfl_assets.deliver.sandbox.slack_request import is_id
from anfl_assets.deliver.sandbox.views import SHOWN


@dataclass
class Post:
    """One message as it reads now; `files` are numbers of uploaded images."""

    at: datetime
    ts: str
    content: dict[str, Any]
    incident_id: str | None
    edits: int = 0
    files: list[str] = field(default_factory=list)
    replies: list[Post] = field(default_factory=list)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Return the blocks; a message without any is its text."""
        blocks = self.content.get("blocks")
        if isinstance(blocks, list) and blocks:
            return [object_of(each) for each in blocks]
        text = {"type": "mrkdwn", "text": self.content.get("text") or ""}
        return [{"type": "section", "text": text}] if text["text"] else []

    @property
    def asks(self) -> bool:
        """Whether it still says how to acknowledge it, as it does not once somebody has."""
        return f"alerts ack {self.incident_id}" in json.dumps(self.content)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """Return the older form of blocks, with a colour at their side."""
        given = self.content.get("attachments")
        return [object_of(each) for each in given] if isinstance(given, list) else []


@dataclass
class Room:
    """A channel and its messages, newest first."""

    name: str
    posts: list[Post] = field(default_factory=list)


def rooms(received: Iterable[Received]) -> list[Room]:
    """Return the channels, the one with the newest message first."""
    found: dict[str, Room] = {}
    posts: dict[tuple[str, str], Post] = {}
    taken = [each for each in received if each.provider == "slack" and each.reaches_reader]
    for each in taken:
        given = dict(each.draft.fields)
        channel = str(given.get("channel_id") or given.get("channel"))
        room = found.setdefault(channel, Room(channel))
        if not is_id(str(given.get("channel", channel))):
            room.name = str(given["channel"])
        if each.draft.action == UPDATE:
            _edit(posts.get((channel, str(given["ts"]))), given, each)
            continue
        post = posts[channel, str(given["ts"])] = _post(each, given)
        above = posts.get((channel, str(given.get("thread_ts"))))
        if above is None:
            room.posts.insert(0, post)
        else:
            above.replies.append(post)
    listed = [Room(room.name, room.posts[:SHOWN]) for room in found.values() if room.posts]
    return sorted(listed, key=lambda room: room.posts[0].at, reverse=True)


def _post(received: Received, given: dict[str, Any]) -> Post:
    is_upload = received.draft.action == COMPLETE
    files = [str(object_of(each).get("id")) for each in given["files"]] if is_upload else []
    draft = received.draft
    return Post(received.received_at, str(given["ts"]), given, draft.incident_id, files=files)


def _edit(post: Post | None, given: dict[str, Any], received: Received) -> None:
    """Put new content in place of the old; the message may have been forgotten."""
    if post is not None:
        post.content = given
        post.edits += 1
        post.incident_id = received.draft.incident_id or post.incident_id
