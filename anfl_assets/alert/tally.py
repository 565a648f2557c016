"""How many messages a replay came to: by channel, hour, week and incident; two of them compared.

A channel that follows its own message hears of acknowledgements: that edits a message and is none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from anfl_assets.alert.replay import Replayed
from anfl_assets.alert.virtual_outbox import Sent

_WEEK = timedelta(days=7)


class About(NamedTuple):
    """What two replays know a message by: when, to whom, why, how severe, of which metrics."""

    at: datetime
    channel: str
    recipient: str
    reason: str
    severity: str
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """Messages of one replay, counted; `by_incident` by incident in the order they opened."""

    messages: tuple[About, ...]
    by_channel: Counter[str]
    by_reason: Counter[tuple[str, str]]
    by_hour: Counter[tuple[str, int]]
    by_week: Counter[tuple[str, date]]
    by_incident: Counter[int]
    incident_count: int
    weeks: float

    @property
    def a_week(self) -> float:
        """Messages a week."""
        return len(self.messages) / self.weeks if self.weeks else 0.0


def tally(found: Replayed, *, start: datetime, end: datetime) -> Tally:
    """Count the messages of a replay; a digest is one message, whatever it collects."""
    told = [each for each in found.messages if each.reason != "acknowledged"]
    messages = tuple(about(each) for each in told)
    incidents = (notice.incident_id for each in told for notice in each.notices)
    return Tally(
        messages,
        by_channel=Counter(each.channel for each in messages),
        by_reason=Counter((each.channel, each.reason) for each in messages),
        by_hour=Counter((each.channel, each.at.hour) for each in messages),
        by_week=Counter((each.channel, _monday(each.at)) for each in messages),
        by_incident=Counter(each for each in incidents if each is not None),
        incident_count=len(found.incidents),
        weeks=(end - start) / _WEEK,
    )


def difference(before: Tally, after: Tally) -> tuple[tuple[About, ...], tuple[About, ...]]:
    """Return the messages that are added and those that are removed, in their order."""
    one, other = Counter(before.messages), Counter(after.messages)
    return _sorted(other - one), _sorted(one - other)


def about(sent: Sent) -> About:
    """Return what a message is known by."""
    bodies = [json.loads(notice.body) for notice in sent.notices]
    metrics = {line["metric_id"] for body in bodies for line in body["lines"]}
    severity = bodies[0]["severity"] if bodies else ""
    return About(sent.at, *sent.target, sent.reason, severity, tuple(sorted(metrics)))


def _sorted(messages: Counter[About]) -> tuple[About, ...]:
    return tuple(sorted(messages.elements()))


def _monday(at: datetime) -> date:
    return (at - timedelta(days=at.weekday())).date()


def weeks_of(messages: Sequence[About]) -> list[date]:
    """Return the Mondays of the weeks in which there is a message."""
    return sorted({_monday(each.at) for each in messages})
