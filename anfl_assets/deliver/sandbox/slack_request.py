"""What a request to Slack says, in whichever of its forms, and whether Slack would show it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from anfl_assets.deliver.sandbox.call import Call, object_of
from anfl_assets.deliver.sandbox.slack_blocks import block_faults

_LONGEST = 40_000
_IDS = ("C", "D", "G", "U")
_ID_LENGTH = 6


def channel_id(name: str) -> str:
    """Return a channel's number: the same name is the same channel."""
    return name if is_id(name) else f"C{digest(name.lstrip('#'))}"


def is_id(name: str) -> bool:
    """Whether this is a channel's number, not its name."""
    return len(name) >= _ID_LENGTH and name[0] in _IDS and name.isalnum() and name.upper() == name


def digest(text: str) -> str:
    """Return ten letters and digits for a text, as Slack's numbers look."""
    return hashlib.sha256(text.encode()).hexdigest()[:10].upper()


def arguments(call: Call) -> dict[str, Any]:
    """Return the arguments, however they came: in the query, as a form or as JSON."""
    body = object_of(call.json()) if call.is_json else dict(call.form())
    return with_inner({**call.query, **body})


def with_inner(content: dict[str, Any]) -> dict[str, Any]:
    """Read what forms carry as JSON inside a text."""
    inner = ("blocks", "attachments", "metadata", "files")
    return {
        name: parsed(value) if name in inner and isinstance(value, str) else value
        for name, value in content.items()
    }


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a text as JSON, as it is where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def content_fault(given: dict[str, Any]) -> tuple[str, str | None]:
    """Return Slack's word for what is wrong with a message's content and the words to it."""
    text, blocks = given.get("text"), given.get("blocks")
    if not text and not blocks and not given.get("attachments"):
        return "no_text", None
    if text is not None and len(str(text)) > _LONGEST:
        return "msg_too_long", None
    parts = given.get("attachments") or []
    if not isinstance(parts, list):
        return "invalid_attachments", None
    inner = (found for part in parts if (found := object_of(part).get("blocks")))
    wrong = [told for each in (blocks, *inner) if each for told in block_faults(each)]
    return ("invalid_blocks", "; ".join(wrong)) if wrong else ("", None)
