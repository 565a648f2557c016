"""One step in the making: what was loaded, and what is changed by it so far.

The only mutable thing of the package; it lives as long as one call of `pipeline`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from operator import attrgetter

from anfl_assets.alert.matching import Facts, facts_of
from anfl_assets.alert.mute import MUTES, Mute
from anfl_assets.alert.policy import Policy, Watched
from anfl_assets.alert.route import with_severity
from anfl_assets.catalog.duration import Hold
from anfl_assets.store.alerts.records import (
    KINDS,
    Condition,
    ConditionKey,
    Decision,
    Incident,
    Member,
    Notice,
    Outcome,
    Silence,
    State,
    Verdict,
    Withdrawal,
)

# A condition that goes on firing is written again at most so often: its value moves all the time.
_REFRESH = timedelta(minutes=1)
_MOVING = ("reading", "judged_at", "evaluations")
_lasting = attrgetter(*(each.name for each in fields(Condition) if each.name not in _MOVING))


@dataclass
class Work:
    """A step's state and its results."""

    before: State
    policy: Policy
    now: datetime
    conditions: dict[ConditionKey, Condition] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    next_incident_id: int = 1
    beats: dict[str, datetime] = field(default_factory=dict)
    up_since: dict[str, datetime] = field(default_factory=dict)
    unwatched: frozenset[str] = frozenset()
    mutes: dict[ConditionKey, Mute] = field(default_factory=dict)
    suppressed: Counter[int] = field(default_factory=Counter)
    cleared: dict[int, list[Condition]] = field(default_factory=dict)
    touched: set[ConditionKey] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    def facts(self, condition: Condition) -> Facts:
        """Return what patterns are held against, with the severity its route gives it."""
        return with_severity(facts_of(condition.key, condition.reading, self.policy), self.policy)

    def keep(
        self, condition: Condition, verdict: Verdict | None = None, detail: str = ""
    ) -> Condition:
        """Take over a condition; a verdict that is new to it is a line of the log.

        How a muted condition comes to its end is not: each step would say it and the mute in turn.
        """
        if condition.verdict in MUTES and (verdict or "").startswith("kept_"):
            verdict = None
        if verdict is not None and verdict != condition.verdict:
            self.decide(verdict, detail, condition=condition)
            condition = replace(condition, verdict=verdict, detail=detail)
        self.conditions[condition.key] = condition
        self.touched.add(condition.key)
        return condition

    def forget(self, condition: Condition, verdict: Verdict, detail: str) -> None:
        """Take a condition out; that it is over is a line of the log."""
        self.decide(verdict, detail, condition=condition)
        del self.conditions[condition.key]
        self.touched.add(condition.key)

    def decide(
        self,
        verdict: Verdict,
        detail: str,
        *,
        condition: Condition | None = None,
        incident_id: int | None = None,
    ) -> None:
        """Write a line of the log."""
        self.decisions.append(
            Decision(
                at=self.now,
                verdict=verdict,
                detail=detail,
                condition=condition.key if condition else None,
                incident_id=condition.incident_id if condition else incident_id,
                reading=condition.reading if condition else None,
            )
        )

    def firing(self) -> Iterable[Condition]:
        """Yield what fires."""
        return (each for each in self.conditions.values() if each.phase == "firing")

    def outcome(self) -> Outcome:
        """Return what is to be kept: only what changed."""
        known, incidents = self.before.conditions, self.before.incidents
        kept = [
            self.conditions[key]
            for key in self.touched
            if key in self.conditions and _is_news(known.get(key), self.conditions[key], self.now)
        ]
        for condition in kept:
            self.conditions[condition.key] = replace(condition, seen_at=self.now)
        return Outcome(
            state=State(
                conditions=self.conditions,
                incidents={key: each for key, each in self.incidents.items() if each.is_open},
                silences=tuple(each for each in self.silences if each.ends_at > self.now),
                next_incident_id=self.next_incident_id,
                beats=self.beats,
                up_since=self.up_since,
            ),
            conditions=tuple(self.conditions[condition.key] for condition in kept),
            forgotten=tuple(
                key for key in self.touched if key not in self.conditions and key in known
            ),
            incidents=tuple(
                each for key, each in self.incidents.items() if incidents.get(key) != each
            ),
            members=tuple(self.members),
            silences=tuple(each for each in self.silences if each not in self.before.silences),
            notices=tuple(self.notices),
            withdrawals=tuple(self.withdrawals),
            decisions=tuple(self.decisions),
        )


def begin(state: State, policy: Policy, now: datetime) -> Work:
    """Begin a step on a state; metrics it knows and the policy does not are given a stand-in."""
    unwatched = frozenset(key.metric_id for key in state.conditions) - policy.watched.keys()
    if unwatched:
        stand_ins = {each: _stand_in(each, policy) for each in unwatched}
        policy = replace(policy, watched={**policy.watched, **stand_ins})
    return Work(
        before=state,
        policy=policy,
        unwatched=unwatched,
        now=now,
        conditions=dict(state.conditions),
        incidents=dict(state.incidents),
        silences=list(state.silences),
        next_incident_id=state.next_incident_id,
        beats=dict(state.beats),
        up_since=dict(state.up_since),
    )


def _stand_in(metric_id: str, policy: Policy) -> Watched:
    worst = next(iter(policy.severities))
    return Watched(
        metric_id,
        label=metric_id,
        domain="",
        owner="",
        hold=Hold(evaluations=1),
        severity=dict.fromkeys(KINDS, worst),
    )


def _is_news(before: Condition | None, now: Condition, at: datetime) -> bool:
    if before is None or before.phase != "firing" or now.phase != "firing":
        return before != now
    return _lasting(now) != _lasting(before) or at - before.seen_at >= _REFRESH
