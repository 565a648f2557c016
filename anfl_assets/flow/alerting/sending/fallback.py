"""What happens to a message that its channel does not take: the same contact on another channel.

Pure. The copy is a notice of its own, once per message: its key is the message's own key and the
channels that were passed through, so that it is never handed round in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.deliver.message import Message, from_json, to_json
from anfl_assets.store.alerts.records import Notice, Reason, Target

# A critical message is handed over after so many failures, or after so long on a channel that keeps
# it waiting; one that only waits for its turn on a channel that works is not.
TRIES = 3
PATIENCE = timedelta(seconds=60)
# The proof of a channel proves nothing elsewhere, and only a channel that edits its own message is
# told of an acknowledgement.
_STAYS: frozenset[Reason] = frozenset(("canary", "test", "acknowledged", "report"))
_VIA = " via "
_THEN = " > "
_LONGEST_REASON = 120


def next_channel(notice: Notice, fallback: Mapping[str, str]) -> str | None:
    """Return the channel that stands in; None where there is none, or each was passed through."""
    other = fallback.get(notice.target.channel)
    passed = {*_passed(notice.send_key), notice.target.channel}
    return None if other is None or other in passed or notice.reason in _STAYS else other


def handed_over(notice: Notice, *, to: str, why: str, now: datetime) -> Notice:
    """Return the copy of a notice for the channel that stands in, with why in its note."""
    message = from_json(notice.body)
    channel, recipient = notice.target
    reason = why if len(why) <= _LONGEST_REASON else f"{why[:_LONGEST_REASON]}…"
    return replace(
        notice,
        send_key=_key(notice.send_key, channel, to),
        target=Target(to, recipient),
        not_before=now,
        body=to_json(_noted(message, f"{channel} did not take this: {reason}")),
        is_digest=False,
    )


def _noted(message: Message, note: str) -> Message:
    return replace(message, note=f"{note} {message.note}".rstrip())


def _passed(send_key: str) -> tuple[str, ...]:
    _, via, channels = send_key.rpartition(_VIA)
    return tuple(channels.split(_THEN)) if via else ()


def _key(send_key: str, channel: str, to: str) -> str:
    own, via, channels = send_key.rpartition(_VIA)
    if not via:
        return f"{send_key}{_VIA}{channel}{_THEN}{to}"
    return f"{own}{via}{channels}{_THEN}{to}"
