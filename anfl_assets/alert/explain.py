"""The story of an incident in sentences: what was judged, decided, sent and answered, in order.

Records in, sentences out; nothing is read here and nothing is escaped for a medium.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from anfl_assets.store.alerts.records import (
    ConditionKey,
    Decision,
    Reading,
    Reason,
    Target,
    Verdict,
)
from anfl_assets.wording.numbers import quantity


@dataclass(frozen=True)
class Try:
    """One attempt to hand a message over: `outcome` is sent, failed, refused or unknown."""

    at: datetime
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Delivery:
    """One message to one target as the outbox knows it.

    `state` is waiting, claimed, sent, refused or withdrawn; `next_at` when it is tried next;
    `error` why it is withdrawn, refused or late.
    """

    reason: Reason
    target: Target
    made_at: datetime
    not_before: datetime
    state: str
    sent_at: datetime | None = None
    next_at: datetime | None = None
    error: str = ""
    is_digest: bool = False
    tries: tuple[Try, ...] = ()

    @property
    def waits(self) -> str:
        """Say that it was not sent, and when it is to be."""
        due = moment(self.next_at or self.not_before)
        return f"not sent yet ({'collected into the digest of' if self.is_digest else 'due'} {due})"


Source = Literal["judged", "decided", "sent", "failed"]


@dataclass(frozen=True)
class Sentence:
    """One thing that happened; `source` says whether it was judged, decided, sent or failed."""

    at: datetime
    source: Source
    text: str


_OF_CONDITION: dict[Verdict, str] = {
    "never_seen": "{where} never had data, so nothing is missing",
    "shown_only": "{where} is shown only: its parts are told of instead",
    "pending": "{where} {state}; {detail}",
    "firing": "{where} {state}: it fires, {detail}",
    "cleared": "{where} {state}: over{because}",
    "kept_no_data": "{where} has {detail}",
    "kept_insufficient": "{where} has {detail}",
    "kept_recovering": "{where} {state}: {detail}, so it stays open",
    "kept_firing": "{where} {state}: {detail}",
    "kept_flapping": "{where} {state}: it comes and goes, {detail}",
    "retired": "{where} was closed: {detail}",
    "inhibited": "nobody is told of {where}: inhibited by {detail}",
    "silenced": "nobody is told of {where}: {detail}",
    "maintenance": "nobody is told of {where}: maintenance, {detail}",
    "grace": "nobody is told of {where} yet: {detail}",
    "opened": "{where} {detail}",
    "joined": "{where} {detail}",
    "closed_by_hand": "{where} was closed by hand {detail}",
}
_OF_INCIDENT: dict[Verdict, str] = {
    "told": "decided to tell, {detail}",
    "delayed": "its messages wait: {detail}",
    "withdrawn": "messages were withdrawn: {detail}",
    "nobody_told": "resolved: {detail}",
    "repeated": "decided to tell the same people again: {detail}",
    "response_missed": "the response time was missed: {detail}",
    "escalated": "escalated: {detail}",
    "ladder_ended": "the ladder has ended: {detail}",
    "reminded": "decided to remind: {detail}",
    "acknowledged": "acknowledged {detail}",
    "unacknowledged": "open again: {detail}",
    "muted": "muted: {detail}",
    "unmuted": "not muted any more: {detail}",
    "resolved": "resolved: {detail}",
    "silence_made": "{detail}",
    "silence_ended": "ended {detail}",
}
_KIND_WORDS = {
    "breached": "breached",
    "off_target": "off target",
    "no_data": "no data",
    "forecast": "forecast",
}
FORETELLING = ("forecast", "unlikely")
_TRY_WORDS = {
    "failed": "not taken, to be tried again",
    "refused": "refused for good",
    "unknown": "perhaps sent",
}
_REASON_WORDS: dict[str, str] = {"first": "first message", "recovery": "recovery"}


def story(decisions: Iterable[Decision], deliveries: Iterable[Delivery]) -> tuple[Sentence, ...]:
    """Return what happened, oldest first; of one moment, what was decided before what was sent."""
    told = [decided(decision) for decision in decisions]
    sent = [sentence for delivery in deliveries for sentence in delivered(delivery)]
    return tuple(sorted((*told, *sent), key=lambda each: each.at))


def decided(decision: Decision) -> Sentence:
    """Return a line of the log as a sentence."""
    source: Source = "decided"
    forms = _OF_INCIDENT
    if decision.condition is not None:
        forms = _OF_CONDITION
        source = "judged" if decision.verdict in ("pending", "firing", "cleared") else "decided"
    form = forms.get(decision.verdict, f"{decision.verdict.replace('_', ' ')}: {{detail}}")
    text = form.format(
        where=place(decision.condition) if decision.condition else "",
        state=state(decision.reading) if decision.reading else "was judged",
        detail=decision.detail or "nothing more is known",
        because=f": {decision.detail}" if decision.detail else "",
    )
    return Sentence(decision.at, source, text)


def delivered(delivery: Delivery) -> tuple[Sentence, ...]:
    """Return each attempt of a message, and what became of one that was never sent."""
    what = f"{_REASON_WORDS.get(delivery.reason, delivery.reason)} {way(delivery.target)}"
    tries = tuple(_tried(what, each) for each in delivery.tries)
    if delivery.state == "withdrawn":
        at = delivery.tries[-1].at if delivery.tries else delivery.made_at
        why = f": {delivery.error}" if delivery.error else ""
        return (*tries, Sentence(at, "decided", f"{what}: withdrawn before it was sent{why}"))
    if delivery.state in ("waiting", "claimed"):
        at = delivery.tries[-1].at if delivery.tries else delivery.made_at
        return (*tries, Sentence(at, "decided", f"{what}: {delivery.waits}"))
    return tries


def _tried(what: str, attempt: Try) -> Sentence:
    detail = f" ({attempt.detail})" if attempt.detail else ""
    if attempt.outcome == "sent":
        return Sentence(attempt.at, "sent", f"{what}: taken by the provider{detail}")
    word = _TRY_WORDS.get(attempt.outcome, attempt.outcome)
    return Sentence(attempt.at, "failed", f"{what}: {word}{detail}")


def place(key: ConditionKey) -> str:
    """Name what is wrong with what: `inference_latency of chat (5 minutes, breached)`."""
    return f"{named(key.metric_id, key.subject)} ({key.grain}, {_KIND_WORDS[key.kind]})"


def named(metric_id: str, subject: str) -> str:
    """Name a subject of a metric."""
    return metric_id if subject == "all" else f"{metric_id} of {subject}"


def state(reading: Reading) -> str:
    """Say what was judged: `was 131 ms (alert above 100 ms, target < 50 ms)`."""
    if reading.status in FORETELLING:
        return reading.detail
    limits = (
        f"alert {'above' if _is_ceiling(reading) else 'below'} "
        f"{quantity(reading.threshold, reading.unit)}, "
        f"target {reading.target_operator} {quantity(reading.target, reading.unit)}"
    )
    if reading.status == "no_data":
        return f"had no data ({limits})"
    if reading.status == "insufficient" and reading.detail:
        return f"had {reading.detail}"
    if reading.status == "insufficient" or reading.value is None:
        return f"had too little evidence ({limits})"
    return f"was {quantity(reading.value, reading.unit)} ({limits})"


def way(target: Target) -> str:
    """Name whom a message goes to and how: `to on_call by PagerDuty`."""
    return f"to {target.recipient} by {target.channel}"


def ways(targets: Sequence[Target]) -> str:
    """Name several, each once."""
    return ", ".join(dict.fromkeys(way(each) for each in targets)) or "nobody"


def moment(at: datetime) -> str:
    """Write a moment to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _is_ceiling(reading: Reading) -> bool:
    """Whether large is bad: the direction follows from threshold against target."""
    if reading.threshold == reading.target:
        return reading.target_operator in ("<", "<=")
    return reading.threshold > reading.target
