"""Block Kit's limits: what Slack answers with `invalid_blocks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_BLOCKS = 50
_TEXT = 3_000
_HEADER = 150
_FIELD, _FIELDS = 2_000, 10
_ELEMENTS, _CONTEXT = 25, 10
_LABEL = 75
_URL, _ALT = 3_000, 2_000
_ID = 255


def block_faults(blocks: object) -> Iterator[str]:
    """Yield what is wrong with the blocks of a message."""
    if not isinstance(blocks, list):
        yield "blocks must be a list"
        return
    if len(blocks) > _BLOCKS:
        yield f"no more than {_BLOCKS} items allowed"
    for position, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        check = _CHECKS.get(kind) if isinstance(kind, str) else None
        if check is None:
            yield f"/blocks/{position}: unsupported type: {kind}"
            continue
        if len(str(block.get("block_id", ""))) > _ID:
            yield f"/blocks/{position}/block_id: must be less than {_ID + 1} characters"
        yield from (f"/blocks/{position}{told}" for told in check(block))


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield ": text or fields is required"
    if "text" in block:
        yield from _text(block["text"], "/text", _TEXT)
    if not isinstance(fields, list) or len(fields) > _FIELDS:
        yield f"/fields: no more than {_FIELDS} items allowed"
        return
    for position, each in enumerate(fields):
        yield from _text(each, f"/fields/{position}", _FIELD)


def _header(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block.get("text"), "/text", _HEADER, kinds=("plain_text",))


def _context(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= _CONTEXT:
        yield f"/elements: 1 to {_CONTEXT} items allowed"
        return
    for position, each in enumerate(elements):
        if isinstance(each, dict) and each.get("type") == "image":
            yield from (f"/elements/{position}{told}" for told in _image(each))
        else:
            yield from _text(each, f"/elements/{position}", _TEXT)


def _actions(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= _ELEMENTS:
        yield f"/elements: 1 to {_ELEMENTS} items allowed"
        return
    for position, each in enumerate(elements):
        if isinstance(each, dict) and each.get("type") == "button":
            yield from _text(each.get("text"), f"/elements/{position}/text", _LABEL)
            if len(str(each.get("url", ""))) > _URL:
                yield f"/elements/{position}/url: must be less than {_URL + 1} characters"


def _image(block: Mapping[str, Any]) -> Iterator[str]:
    alt, url = block.get("alt_text"), block.get("image_url")
    if not isinstance(alt, str) or len(alt) > _ALT:
        yield f"/alt_text: is required, at most {_ALT} characters"
    if url is None and not isinstance(block.get("slack_file"), dict):
        yield ": image_url or slack_file is required"
    if url is not None and (not isinstance(url, str) or not 0 < len(url) <= _URL):
        yield f"/image_url: must be less than {_URL + 1} characters"


def _text(
    value: object, place: str, most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{place}: must be a text object of type {' or '.join(kinds)}"
        return
    text = value.get("text")
    if not isinstance(text, str) or not text:
        yield f"{place}: must be more than 0 characters"
    elif len(text) > most:
        yield f"{place}: must be less than {most + 1} characters"


def _anything(block: Mapping[str, Any]) -> Iterator[str]:
    del block
    yield from ()


_CHECKS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "divider": _anything,
    "rich_text": _anything,
    "markdown": _anything,
    "table": _anything,
}
