"""An incident's story on its page: what became of it as a whole, and each message with its receipt.

What was judged of each member is on the page of every sentence (`/incidents/ID/why`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from anfl_assets.alert.explain import Delivery, decided, delivered
from anfl_assets.pages.incidents.names import shortened
from anfl_assets.store.alerts.records import Decision, Verdict
from anfl_assets.wording.numbers import counted

Kind = Literal["begun", "decided", "sent", "failed", "waiting", "person", "over"]
GLYPHS: dict[Kind, tuple[str, str]] = {
    "begun": ("●", "begun"),
    "decided": ("·", "decided"),
    "sent": ("✔", "sent"),
    "failed": ("✖", "failed"),
    "waiting": ("…", "waiting"),
    "person": ("☞", "answered"),
    "over": ("○", "over"),
}
_BY_PEOPLE: tuple[Verdict, ...] = ("acknowledged",)
_ENDS: tuple[Verdict, ...] = ("resolved", "nobody_told")


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: datetime
    kind: Kind
    text: str

    @property
    def glyph(self) -> str:
        """Return its sign; the word beside it says the same."""
        return GLYPHS[self.kind][0]

    @property
    def word(self) -> str:
        """Return its kind in a word."""
        return GLYPHS[self.kind][1]


def timeline(decisions: Iterable[Decision], deliveries: Iterable[Delivery]) -> list[Entry]:
    """Return what happened, oldest first; of one moment, what was decided before what was sent."""
    lines = list(decisions)
    found = [
        *_joinings([each for each in lines if each.verdict in ("opened", "joined")]),
        *(_decided(each) for each in lines if each.condition is None),
        *(entry for each in deliveries for entry in _delivered(each)),
    ]
    return sorted(found, key=lambda each: each.at)


def _joinings(lines: Sequence[Decision]) -> list[Entry]:
    """Return what opened it, and how many joined at each moment."""
    entries = []
    ordered = sorted(lines, key=lambda each: each.at)
    for at, together in groupby(ordered, key=lambda each: each.at):
        those = list(together)
        first = next((each for each in those if each.verdict == "opened"), None)
        if first is not None:
            entries.append(Entry(at, "begun", _text(first)))
            those.remove(first)
        if those:
            number = counted(len(those), "more joined", "more joined")
            entries.append(Entry(at, "decided", f"{number}, the first: {_text(those[0])}"))
    return entries


def _decided(line: Decision) -> Entry:
    kind: Kind = "decided"
    if line.verdict in _BY_PEOPLE or "closed by " in line.detail:
        kind = "person"
    elif line.verdict in _ENDS:
        kind = "over"
    return Entry(line.at, kind, _text(line))


def _delivered(delivery: Delivery) -> list[Entry]:
    sentences = delivered(delivery)
    kinds: dict[str, Kind] = {"sent": "sent", "failed": "failed"}
    is_waiting = delivery.state in ("waiting", "claimed")
    rest: Kind = "waiting" if is_waiting else "decided"
    return [Entry(each.at, kinds.get(each.source, rest), each.text) for each in sentences]


def _text(line: Decision) -> str:
    names = [line.condition.subject] if line.condition else []
    return shortened(decided(line).text, names)
