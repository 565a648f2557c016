"""One step of alerting: judge → hold → mute → group → tell, each a small pure function.

The same state, readings, policy and moment give the same outcome. Readings may be of some metrics
only: what they do not speak of is left as it is. Without readings a step performs what is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.alert import condition as conditions
from anfl_assets.alert.incident import attend, joined, opened, reeled_in
from anfl_assets.alert.matching import Facts
from anfl_assets.alert.mute import MUTES, Muting, causes_among
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.route import routed
from anfl_assets.alert.work import Work, begin
from anfl_assets.store.alerts.records import (
    KINDS,
    Condition,
    ConditionKey,
    Member,
    Outcome,
    Reading,
    State,
    Verdict,
)

# The evaluator of metrics: only it tells silence from data, so only its own gaps excuse silence.
METRICS = "metrics"
# A clock that was ahead by more was wrong, and what it put off is brought back.
_FAR_AHEAD = timedelta(days=1)
_LONG_ENOUGH = "beyond what is tolerated, for long enough"
_WHY_FIRING = {"forecast": "a breach is foretold by a forecast to rely on"}
_Place = tuple[str, str, str]


def step(
    state: State, readings: Iterable[Reading], policy: Policy, *, evaluator: str, now: datetime
) -> Outcome:
    """Take the readings of one evaluator into account and do everything that is due at `now`.

    Readings of metrics the policy does not know are left out. `evaluator` names who looks (metrics,
    sources, runs …): a gap in its own beats is our downtime, not its subjects' silence.
    """
    work = begin(state, policy, now)
    _beat(work, evaluator)
    _retire_unwatched(work)
    _judge(work, [each for each in readings if each.metric_id in policy.watched], evaluator)
    _settle(work)
    return work.outcome()


def _settle(work: Work) -> None:
    """Mute, join and attend to every incident, as things stand in `work`."""
    facts = {each.key: work.facts(each) for each in work.firing()}
    _mute(work, facts)
    _join(work, facts)
    firing: dict[int, list[Condition]] = defaultdict(list)
    for each in work.firing():
        if each.incident_id is not None:
            firing[each.incident_id].append(each)
    for incident in list(work.incidents.values()):
        if incident.is_open:
            members = sorted(firing[incident.incident_id], key=lambda each: each.key)
            attend(work, incident, members)


def wake_at(state: State, policy: Policy, *, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which something may be due without new readings.

    None where nothing ever is.
    """
    moments = [silence.ends_at for silence in state.silences]
    moments += [silence.starts_at for silence in state.silences]
    moments += [each for work in policy.maintenance for each in (work.start_at, work.end_at)]
    for incident in state.incidents.values():
        if incident.muted_at is None:
            moments += [deadline.due_at for deadline in incident.deadlines]
    for each in state.conditions.values():
        watched = policy.watched.get(each.key.metric_id)
        span = conditions.hold_span(watched) if watched else None
        if each.phase == "pending" and span is not None:
            moments.append(each.pending_since + span)
        if watched and each.good_since is not None:
            moments.append(each.good_since + watched.keep_firing_for)
            moments.append(each.good_since + policy.flapping.calm)
    return min((moment for moment in moments if moment > now), default=None)


def _beat(work: Work, evaluator: str) -> None:
    before, gap = work.beats.get(evaluator), work.policy.grace.gap
    # Also where the clock went back: a beginning that is still to come would never be long ago.
    if before is None or not before - gap <= work.now <= before + gap:
        work.up_since[evaluator] = work.now
    # Set back by hours, steps wait: nothing is early. By days, they would wait for too long.
    if before is not None and work.now < before - _FAR_AHEAD:
        for number, incident in work.incidents.items():
            work.incidents[number] = reeled_in(incident, work.now)
    work.beats[evaluator] = work.now


def _judge(work: Work, readings: list[Reading], evaluator: str) -> None:
    standing: dict[_Place, list[Condition]] = defaultdict(list)
    for condition in work.conditions.values():
        standing[condition.key[:3]].append(condition)
    for reading in readings:
        place = (reading.metric_id, reading.subject, reading.grain)
        if reading.is_alertable:
            _advance(work, reading, standing.get(place, []))
    _retire(work, {each.metric_id for each in readings}, evaluator)


def _advance(work: Work, reading: Reading, standing: list[Condition]) -> None:
    """Take one reading into account: conditions it meets, and those it does not meet any more."""
    watched = work.policy.watched[reading.metric_id]
    found = conditions.kind_of(reading)
    for before in standing:
        is_older = reading.judged_at < before.judged_at <= work.now + work.policy.grace.gap
        if is_older and before.phase != "rest":
            # An older judgement than the one that counts: what was built stands in for what is
            # live once its feed is silent. One of the future, by a wrong clock, does not count.
            return
    for before in standing:
        kind = before.key.kind
        if before.phase == "rest" or found == kind:
            continue
        if conditions.is_met(kind, reading):
            work.keep(conditions.met(before, before.key, reading, watched))
        elif conditions.says_nothing(kind, reading):
            _keep_unknown(work, before, reading)
        else:
            _leave(work, before, reading)
    if found is not None:
        key = ConditionKey(reading.metric_id, reading.subject, reading.grain, found)
        _meet(work, key, reading)


def _meet(work: Work, key: ConditionKey, reading: Reading) -> None:
    worse = [KINDS[n] for n in range(KINDS.index(key.kind))]
    before = work.conditions.get(key)
    is_known = before is not None and before.phase != "rest"
    if not is_known and any(_fires(work, each) for each in _keys(key, worse)):
        return  # what is worse of the same fires already; this is no news beside it
    watched = work.policy.watched[key.metric_id]
    after = conditions.met(before, key, reading, watched)
    if after.phase == "pending":
        work.keep(after, "pending", f"held back: {conditions.progress(after, watched)}")
    elif before is None or before.phase != "firing":
        work.keep(after, "firing", _WHY_FIRING.get(key.kind, _LONG_ENOUGH))
    else:
        verdict: Verdict | None = "firing" if (after.verdict or "").startswith("kept_") else None
        work.keep(after, verdict, "met again")


def _keys(key: ConditionKey, kinds: Iterable[str]) -> Iterable[ConditionKey]:
    return (key._replace(kind=kind) for kind in kinds)  # type: ignore[arg-type]


def _fires(work: Work, key: ConditionKey) -> bool:
    known = work.conditions.get(key)
    return known is not None and known.phase == "firing"


def _keep_unknown(work: Work, before: Condition, reading: Reading) -> None:
    """Silence and too little evidence end nothing and hold nothing."""
    what = reading.detail or ("no data" if reading.status == "no_data" else "too little evidence")
    if before.phase == "pending":
        if before.clears:
            work.keep(replace(before, phase="rest"), "cleared", f"{what} before it was held")
        else:
            work.forget(before, "cleared", f"{what} before it was held")
        return
    verdict: Verdict = "kept_no_data" if reading.status == "no_data" else "kept_insufficient"
    work.keep(replace(before, judged_at=reading.judged_at), verdict, f"{what}: it stays open")


def _leave(work: Work, before: Condition, reading: Reading) -> None:
    watched = work.policy.watched[before.key.metric_id]
    turn = conditions.unmet(before, reading, watched, work.policy.flapping)
    if turn.verdict != "cleared" and turn.condition is not None:
        work.keep(turn.condition, turn.verdict, turn.detail)
        return
    _cleared(work, before, reading, turn)


def _cleared(work: Work, before: Condition, reading: Reading, turn: conditions.Turn) -> None:
    """Take a condition out of its incident; what has ended before is remembered for flapping."""
    number = before.incident_id
    over = replace(before, reading=reading, verdict=turn.verdict, detail=turn.detail)
    if number is not None:
        work.cleared.setdefault(number, []).append(over)
        joined_at = before.joined_at or work.now
        work.members.append(Member(number, before.key, joined_at, reading, work.now))
    if turn.condition is None:
        work.forget(over, turn.verdict, turn.detail)
        return
    work.decide(turn.verdict, turn.detail, condition=over)
    work.keep(turn.condition)


def _retire_unwatched(work: Work) -> None:
    """Close what is of a metric that the policy does not know any more: nothing will judge it."""
    for each in list(work.conditions.values()):
        if each.key.metric_id in work.unwatched:
            turn = conditions.Turn(None, "retired", "its metric is not watched any more")
            _cleared(work, each, each.reading, turn)


def _retire(work: Work, metric_ids: set[str], evaluator: str) -> None:
    """Close what is not judged at all any more, and forget clears that no longer count."""
    after = work.policy.retire_after
    up_for = work.now - work.up_since[evaluator]
    for each in list(work.conditions.values()):
        if each.key.metric_id not in metric_ids:
            continue
        if each.phase == "rest":
            if work.now - max(each.clears, default=each.seen_at) > work.policy.flapping.within:
                del work.conditions[each.key]
                work.touched.add(each.key)
        elif each.key not in work.touched and min(work.now - each.seen_at, up_for) > after:
            _cleared(
                work,
                each,
                each.reading,
                conditions.Turn(None, "retired", f"not judged for {after}"),
            )


def _mute(work: Work, facts: dict[ConditionKey, Facts]) -> None:
    since = work.up_since.get(METRICS, work.now)
    in_grace = work.now - since < work.policy.grace.length
    muting = Muting(
        work.policy, work.silences, causes_among(facts, work.policy), in_grace, work.now
    )
    for condition in list(work.firing()):
        mute = muting.of(condition, facts[condition.key])
        if mute is None:
            if condition.verdict in MUTES:
                work.keep(condition, "firing", "heard again")
            continue
        work.mutes[condition.key] = mute
        work.keep(condition, mute.verdict, mute.detail)
        cause = work.conditions.get(mute.cause) if mute.cause else None
        if cause is not None and cause.incident_id is not None:
            work.suppressed[cause.incident_id] += 1


def _join(work: Work, facts: dict[ConditionKey, Facts]) -> None:
    groups = {each.group_key: each.incident_id for each in work.incidents.values() if each.is_open}
    new: dict[int, list[Condition]] = defaultdict(list)
    alone = [each for each in work.firing() if each.incident_id is None]
    # Incidents that open at one moment have their numbers in an order that is nobody's history.
    for condition in sorted(alone, key=lambda each: each.key):
        if condition.key in work.mutes:
            continue
        way = routed(work.policy, facts[condition.key])
        if way.group_key not in groups:
            groups[way.group_key] = opened(work, way, condition).incident_id
        new[groups[way.group_key]].append(condition)
    for number, members in new.items():
        joined(work, work.incidents[number], members)
