"""What had become, by a moment, of the messages about something that belongs to an incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anfl_assets.alert.explain import Delivery, moment, ways


@dataclass(frozen=True)
class Fate:
    """Whether somebody was told by then; `text` goes on where the sentence of joining ended."""

    outcome: Literal["told", "waiting", "undelivered"]
    text: str


def fate_in_incident(
    deliveries: Sequence[Delivery], delays: Sequence[str], *, since: datetime, at: datetime
) -> Fate:
    """Say what became of an incident's messages for a condition that joined it at `since`.

    `delays` are the log's own words for why messages wait.
    """
    made = [each for each in deliveries if each.reason != "recovery" and each.made_at <= at]
    of_it = [each for each in made if each.made_at >= since]
    sent = _sent(of_it, at)
    if sent:
        return Fate("told", f"; told at {_told(sent)}")
    if of_it:
        is_late = all(each.state in ("waiting", "claimed", "sent") for each in of_it)
        why = "; ".join(("", *delays, *_why_unsent(of_it)))
        return Fate("waiting" if is_late else "undelivered", why)
    earlier = _sent(made, at)
    if earlier:
        told = f", of which people had been told at {_told(earlier)}"
        return Fate("waiting", f"{told}; more of it is told in an update")
    return Fate("waiting", "; no message was made for it by then")


def _told(sent: Sequence[Delivery]) -> str:
    first = min(each.sent_at for each in sent if each.sent_at is not None)
    return f"{moment(first)}, {ways([each.target for each in sent])}"


def _sent(messages: Sequence[Delivery], at: datetime) -> list[Delivery]:
    return [each for each in messages if each.sent_at is not None and each.sent_at <= at]


def _why_unsent(messages: Sequence[Delivery]) -> list[str]:
    """Say what became of messages, those of one fate together."""
    fates: dict[str, list[Delivery]] = {}
    for each in messages:
        fates.setdefault(_fate(each), []).append(each)
    return [
        f"{'message' if len(those) == 1 else 'messages'} "
        f"{ways([each.target for each in those])}: {fate}"
        for fate, those in fates.items()
    ]


def _fate(message: Delivery) -> str:
    error = f" ({message.error})" if message.error else ""
    if message.state in ("withdrawn", "refused"):
        return f"{message.state}{error}"
    if message.sent_at is not None:
        return f"sent only at {moment(message.sent_at)}"
    return f"{message.waits}{error}"
