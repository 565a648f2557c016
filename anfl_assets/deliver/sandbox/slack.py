"""Slack's Web API and incoming webhooks: what they take, and in which words they refuse."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from anfl_assets.deliver.sandbox.call import Answer, Call, object_of, text_of
from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.received import UPLOAD, Draft, Received
from anfl_assets.deliver.sandbox.slack_request import (
    arguments,
    channel_id,
    content_fault,
    digest,
    is_id,
    parsed,
    with_inner,
)

POST, UPDATE, COMPLETE, HOOK = (
    "chat.postMessage",
    "chat.update",
    "files.completeUploadExternal",
    "incoming webhook",
)


@dataclass(frozen=True)
class Slack:
    """The workspace of one sandbox; what was posted is looked up in the inbox."""

    inbox: Inbox

    def answer(self, call: Call) -> Answer:
        """Answer a method of the Web API; `call.name` is its name."""
        method = _METHODS.get(call.name)
        given = arguments(call)
        token = call.headers.get("authorization", "") or str(given.pop("token", "") or "")
        if method is None:
            return _error("unknown_method")
        if not token.strip():
            return _refused(call, given, "not_authed")
        answered = method(self, call, given)
        if answered.draft is None:
            return answered
        return replace(answered, draft=replace(answered.draft, secrets=("token",)))

    def hook(self, call: Call) -> Answer:
        """Answer an incoming webhook: plain words, and 400 for what it cannot show."""
        form = call.form().get("payload")
        content = object_of(call.json() if form is None else parsed(form))
        if not content:
            return Answer(400, "invalid_payload", _draft(call, HOOK, {}, refusal="invalid_payload"))
        content = {**with_inner(content), "channel": HOOK, "ts": self._next_ts()}
        wrong, why = content_fault(content)
        draft = _draft(call, HOOK, content, refusal=why or wrong)
        draft = replace(draft, secrets=("url",))
        return Answer(400, wrong, draft) if wrong else Answer(200, "ok", draft)

    def uploaded(self, call: Call) -> Answer:
        """Take the bytes of a file; `call.name` is its number."""
        fields = {"file": call.name, "content": base64.b64encode(call.body).decode()}
        draft = Draft(UPLOAD, call.identity, fields, key=call.name)
        return Answer(200, f"OK - {len(call.body)}", draft)

    def file(self, number: str) -> bytes | None:
        """Return the bytes of an uploaded file."""
        for each in self.inbox:
            if each.draft.action == UPLOAD and each.draft.key == number and each.is_accepted:
                return base64.b64decode(each.draft.fields["content"])
        return None

    def auth_test(self, call: Call, given: dict[str, Any]) -> Answer:
        """Say who the token belongs to."""
        del given
        return _ok(
            url=f"{call.origin}/",
            team="Sandbox",
            user="anfl",
            team_id="T0SANDBOX",
            user_id="U0SANDBOX",
            bot_id="B0SANDBOX",
        )

    def post(self, call: Call, given: dict[str, Any]) -> Answer:
        """Take a new message."""
        if not given.get("channel"):
            return _refused(call, given, "channel_not_found")
        wrong, why = content_fault(given)
        if wrong:
            return _refused(call, given, wrong, why)
        channel, ts = channel_id(str(given["channel"])), self._next_ts()
        draft = _draft(call, POST, {**given, "channel_id": channel, "ts": ts})
        shown = {key: given[key] for key in ("text", "blocks", "thread_ts") if key in given}
        told = {"type": "message", "user": "U0SANDBOX", "bot_id": "B0SANDBOX", "ts": ts}
        return _ok(draft, channel=channel, ts=ts, message={**told, **shown})

    def update(self, call: Call, given: dict[str, Any]) -> Answer:
        """Change a message: by the channel's number, as Slack wants it, not by its name."""
        channel, ts = str(given.get("channel") or ""), str(given.get("ts") or "")
        wrong, why = content_fault(given)
        if not is_id(channel):
            wrong = "channel_not_found"
        elif self._posted(channel, ts) is None:
            wrong = "message_not_found"
        if wrong:
            return _refused(call, given, wrong, why)
        draft = _draft(call, UPDATE, {**given, "channel_id": channel})
        text = given.get("text", "")
        told = {"type": "message", "ts": ts, "text": text}
        return _ok(draft, channel=channel, ts=ts, text=text, message=told)

    def upload_url(self, call: Call, given: dict[str, Any]) -> Answer:
        """Say where the bytes of a file go."""
        if not given.get("filename") or not str(given.get("length") or "").isdigit():
            return _refused(call, given, "invalid_arguments")
        number = f"F{digest(f'{call.identity} {self.inbox.revision}')}"
        return _ok(upload_url=f"{call.origin}/slack/upload/{number}", file_id=number)

    def complete(self, call: Call, given: dict[str, Any]) -> Answer:
        """Show uploaded files, in a channel where one is named."""
        files = given.get("files")
        if not isinstance(files, list) or not files:
            return _refused(call, given, "invalid_arguments")
        numbers = [str(object_of(each).get("id")) for each in files]
        channel = str(given.get("channel_id") or "")
        if any(self.file(number) is None for number in numbers):
            return _refused(call, given, "file_not_found")
        if channel and not is_id(channel):
            return _refused(call, given, "channel_not_found")
        shown = {**given, "ts": self._next_ts(), "text": given.get("initial_comment") or ""}
        draft = _draft(call, COMPLETE, shown) if channel else None
        return _ok(draft, files=[{"id": each, "title": each} for each in numbers])

    def channels(self, call: Call, given: dict[str, Any]) -> Answer:
        """List the channels that were posted to: here every name exists."""
        del call, given
        posts = (each.draft.fields for each in self.inbox if each.draft.action == POST)
        known = {fields["channel_id"]: fields["channel"] for fields in posts if "ts" in fields}
        listed = [{"id": key, "name": name.lstrip("#")} for key, name in known.items()]
        return _ok(channels=listed, response_metadata={"next_cursor": ""})

    def channel(self, call: Call, given: dict[str, Any]) -> Answer:
        """Say that a channel, or a conversation with a person, is there."""
        del call
        name = str(given.get("channel") or given.get("users") or "")
        if not name:
            return _error("channel_not_found")
        found = {"id": channel_id(name), "name": name.lstrip("#"), "is_member": True}
        return _ok(channel=found)

    def _posted(self, channel: str, ts: str) -> Received | None:
        for each in self.inbox:
            fields = each.draft.fields
            if (
                each.is_accepted
                and each.draft.action in (POST, COMPLETE)
                and (fields.get("ts"), fields.get("channel_id")) == (ts, channel)
            ):
                return each
        return None

    def _next_ts(self) -> str:
        """Return the time as Slack writes it, with the message's number to tell two apart."""
        return f"{int(self.inbox.clock().timestamp())}.{(self.inbox.revision + 1) % 10**6:06d}"


def failure(status: int) -> dict[str, Any]:
    """Return the body of an answer that has nothing to do with the message."""
    return {"ok": False, "error": "ratelimited" if status == 429 else "internal_error"}  # noqa: PLR2004


def _refused(call: Call, given: dict[str, Any], error: str, why: str | None = None) -> Answer:
    draft = _draft(call, call.name, given, refusal=f"{error}: {why}" if why else error)
    told = {"response_metadata": {"messages": [f"[ERROR] {why}"]}} if why else {}
    return Answer(200, {"ok": False, "error": error, **told}, draft)


def _error(error: str) -> Answer:
    return Answer(200, {"ok": False, "error": error})


def _ok(draft: Draft | None = None, **told: Any) -> Answer:  # noqa: ANN401 - JSON is anything
    return Answer(200, {"ok": True, **told}, draft)


def _draft(call: Call, action: str, given: dict[str, Any], *, refusal: str | None = None) -> Draft:
    payload = object_of(object_of(given.get("metadata")).get("event_payload"))
    return Draft(
        action=action,
        identity=call.identity,
        fields={name: value for name, value in given.items() if name != "token"},
        key=text_of(given.get("ts")) or "",
        incident_id=text_of(payload.get("incident_id")),
        refusal=refusal,
    )


_METHODS: dict[str, Callable[[Slack, Call, dict[str, Any]], Answer]] = {
    "auth.test": Slack.auth_test,
    POST: Slack.post,
    UPDATE: Slack.update,
    "files.getUploadURLExternal": Slack.upload_url,
    COMPLETE: Slack.complete,
    "conversations.list": Slack.channels,
    "conversations.info": Slack.channel,
    "conversations.join": Slack.channel,
    "conversations.open": Slack.channel,
}
