"""The digest: what waited for it, as one mail to one person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from anfl_assets.deliver.message import Message


def collected(messages: Sequence[Message], *, now: datetime) -> Message:
    """Return one message of several, oldest first; what is over comes with what began it.

    Raises:
        ValueError: there is nothing to collect.
    """
    if not messages:
        raise ValueError("a digest needs at least one message")
    ordered = tuple(sorted(messages, key=lambda message: (message.at, message.dedup_key)))
    newest = ordered[-1]
    incidents = len({message.dedup_key for message in ordered})
    return Message(
        reason="digest",
        severity=newest.severity,
        at=now,
        dedup_key=f"digest {now:%Y-%m-%d}",
        line_count=sum(message.line_count for message in ordered),
        firing_count=sum(_latest(ordered, key) for key in {each.dedup_key for each in ordered}),
        owner=newest.owner,
        link=newest.link,
        organisation=newest.organisation,
        is_simulated=any(message.is_simulated for message in ordered),
        subject_line=f"Digest of {ordered[0].at:%d %b}: {incidents} "
        f"{'incident' if incidents == 1 else 'incidents'}",
        collected=ordered,
    )


def _latest(ordered: Sequence[Message], dedup_key: str) -> int:
    """Return how many still fired when the newest message of an incident was decided."""
    return [each.firing_count for each in ordered if each.dedup_key == dedup_key][-1]
