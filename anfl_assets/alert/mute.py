"""Why nobody is told of something that fires: work, a worse cause, a silence, our own start.

A muted condition is kept and judged as ever; it joins no incident until it is muted no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from anfl_assets.alert.matching import Facts, matches
from anfl_assets.alert.policy import Inhibition, Policy
from anfl_assets.store.alerts.records import KINDS, Condition, ConditionKey, Kind, Silence, Verdict

_Values = tuple[str | None, ...]
_ENOUGH = 2
MUTES: frozenset[Verdict | None] = frozenset(
    ("closed_by_hand", "maintenance", "inhibited", "silenced", "grace")
)


@dataclass(frozen=True, slots=True)
class Mute:
    """What keeps a condition back, in words; `cause` is the condition that inhibits it."""

    verdict: Verdict
    detail: str
    cause: ConditionKey | None = None


@dataclass(frozen=True)
class Causes:
    """Firing conditions that may keep others back, by rule and by the values both must share."""

    firing: Mapping[ConditionKey, Facts]
    worst: Mapping[tuple[str, str, str], ConditionKey]
    by_rule: Sequence[tuple[Inhibition, Mapping[_Values, Sequence[ConditionKey]]]]
    feeds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, key: ConditionKey, facts: Facts) -> tuple[ConditionKey, str] | None:
        """Return the cause of a condition and the rule that says so; None where it has none."""
        worse = self.worst.get(key[:3])
        if worse is not None and KINDS.index(worse.kind) < KINDS.index(key.kind):
            return worse, "worse of the same"
        found = self._by_rule(key, facts)
        if found is None:
            return None
        back = self._by_rule(found[0], self.firing[found[0]])
        # Of two that explain each other one must be heard: the first by name.
        return None if back is not None and back[0] == key and key < found[0] else found

    def _by_rule(self, key: ConditionKey, facts: Facts) -> tuple[ConditionKey, str] | None:
        for rule, causes in self.by_rule:
            if not causes or not matches(rule.effect, facts):
                continue
            for values in self._values(rule, facts):
                for cause in causes.get(values, ()):
                    if cause != key:
                        return cause, rule.name
        return None

    def _values(self, rule: Inhibition, facts: Facts) -> Iterable[_Values]:
        """Yield what a cause must have: for `feed` the subject's feed, else all that bring it."""
        if "feed" not in rule.equal:
            yield tuple(getattr(facts, name) for name in rule.equal)
            return
        names = [facts.feed] if facts.feed else sorted(self.feeds.get(facts.metric, ()))
        causes = next(causes for each, causes in self.by_rule if each is rule)
        candidates = [
            tuple(name if each == "feed" else getattr(facts, each) for each in rule.equal)
            for name in names
        ]
        # Of what several feeds may bring, silence has a cause only where all of them are silent.
        if candidates and all(values in causes for values in candidates):
            yield from candidates


def causes_among(firing: Mapping[ConditionKey, Facts], policy: Policy) -> Causes:
    """Index what fires by the rules it may be the cause in."""
    worst: dict[tuple[str, str, str], ConditionKey] = {}
    for key in firing:
        known = worst.get(key[:3])
        if known is None or KINDS.index(key.kind) < KINDS.index(known.kind):
            worst[key[:3]] = key
    kinds = {key.kind for key in firing}
    by_rule = [
        (rule, _causes(rule, firing) if _may_mute(rule, kinds) else {})
        for rule in policy.inhibitions
    ]
    feeds = {watched.metric_id: watched.feeds for watched in policy.watched.values()}
    return Causes(firing, worst, by_rule, feeds)


def _may_mute(rule: Inhibition, kinds: Collection[Kind]) -> bool:
    """Whether a rule has an effect among these kinds; of breaches alone `come_true` has none."""
    return any(fnmatchcase(kind, rule.effect.kind or "*") for kind in kinds)


def _causes(
    rule: Inhibition, firing: Mapping[ConditionKey, Facts]
) -> dict[_Values, list[ConditionKey]]:
    """Return what may be a rule's cause, by what effects must share; two are enough of each.

    One may be the effect that is asked about: nothing explains itself.
    """
    found: dict[_Values, list[ConditionKey]] = {}
    for key, facts in firing.items():
        if matches(rule.cause, facts):
            known = found.setdefault(_cause_values(rule, facts), [])
            if len(known) < _ENOUGH:
                known.append(key)
    return found


def _cause_values(rule: Inhibition, facts: Facts) -> _Values:
    """Return what an effect must share; the feed a cause speaks of is its subject."""
    return tuple(facts.subject if name == "feed" else getattr(facts, name) for name in rule.equal)


@dataclass(frozen=True)
class Muting:
    """Everything that may keep a condition back at one moment."""

    policy: Policy
    silences: Sequence[Silence]
    causes: Causes
    in_grace: bool
    now: datetime

    def of(self, condition: Condition, facts: Facts) -> Mute | None:
        """Return why nobody is told of a firing condition; None where people are."""
        if condition.is_closed_by_hand:
            return Mute("closed_by_hand", "closed by hand until it has ended by itself")
        found = self._written(facts) or self._caused(condition, facts) or self._silenced(facts)
        if found is not None:
            return found
        if self.in_grace and condition.key.kind == "no_data" and condition.incident_id is None:
            return Mute("grace", "evaluation has just begun again; silence is not believed yet")
        return None

    def _written(self, facts: Facts) -> Mute | None:
        """Return what the policy itself keeps back: announced work, what nobody wants to hear."""
        for work in self.policy.maintenance:
            if work.start_at <= self.now < work.end_at and matches(work.match, facts):
                return Mute("maintenance", f"{work.reason}, until {work.end_at:%Y-%m-%d %H:%M}")
        for each in self.policy.unheard:
            if matches(each.match, facts):
                return Mute("silenced", f"alerts.yaml mutes it ({each.reason})")
        return None

    def _caused(self, condition: Condition, facts: Facts) -> Mute | None:
        cause = self.causes.of(condition.key, facts)
        return Mute("inhibited", f"{cause[1]}: {cause[0]}", cause[0]) if cause else None

    def _silenced(self, facts: Facts) -> Mute | None:
        for silence in self.silences:
            if silence.starts_at <= self.now < silence.ends_at and matches(silence.match, facts):
                return Mute(
                    "silenced",
                    f"silence {silence.silence_id} by {silence.author} ({silence.reason}), "
                    f"until {silence.ends_at:%Y-%m-%d %H:%M}",
                )
        return None
