"""A message as Slack's Block Kit.

Every name stands in a `plain_text` block, where Slack reads no mention, link or command; the only
`mrkdwn` is made of our own words and of checked links.
"""

from __future__ import annotations

from typing import Any

from anfl_assets.deliver.line_story import sentence
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.story import (
    acknowledging,
    entry,
    facts,
    headline,
    links,
    shown_collected,
    shown_lines,
    shown_told,
)
from anfl_assets.wording.inert import cut, slack_escaped

Block = dict[str, Any]

_HEADER_LENGTH = 150
_FIELD_LENGTH = 1_000
_FIELDS = 10
# Escaped, each letter may become five.
_FALLBACK_LENGTH = 3_000 // 5


def blocks(message: Message) -> list[Block]:
    """Return at most 46 blocks; Slack takes 50."""
    lines, more = shown_lines(message)
    collected, left_out = shown_collected(message)
    told = [sentence(line) for line in lines] + _more(more)
    if message.told:
        # One block: a section each would make a report as long as a screen.
        told.append("\n".join(f"• {each}" for each in shown_told(message)))
    told += [entry(each) for each in collected] + _more(left_out)
    made = [_header(headline(message)), *(_paragraph(text) for text in told)]
    fields = [_plain(f"{name}: {text}", _FIELD_LENGTH) for name, text in _shown_facts(message)]
    made.append({"type": "section", "fields": fields[:_FIELDS]})
    return [*made, *_closing(message)]


def fallback_text(message: Message) -> str:
    """Return what a notification shows, and the whole message where blocks are not taken."""
    return slack_escaped(cut(headline(message), _FALLBACK_LENGTH))


def _shown_facts(message: Message) -> list[tuple[str, str]]:
    return [(name, text) for name, text in facts(message) if name != "Acknowledge"]


def _more(count: int) -> list[str]:
    return [f"and {count:,} more"] if count > 0 else []


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, _HEADER_LENGTH)}


def _paragraph(text: str) -> Block:
    return {"type": "section", "text": _plain(text, _FIELD_LENGTH)}


def _closing(message: Message) -> list[Block]:
    made: list[Block] = []
    if command := acknowledging(message):
        made.append({"type": "section", "text": _marked(f"Acknowledge: `{command}`")})
    named = [_marked(f"<{slack_escaped(url)}|{name}>") for name, url in links(message)]
    return [*made, {"type": "context", "elements": named}] if named else made


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def _marked(text: str) -> Block:
    # `verbatim`: Slack makes no further links of what it finds.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
