"""The doctor on alerting: does it run, does it reach people, and what it hides or waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from anfl_assets.alert.matching import facts_of, matches
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.route import with_severity
from anfl_assets.flow.alerting.doctor.finding import Finding, moment, several
from anfl_assets.flow.alerting.sending.canary import last_canary
from anfl_assets.flow.alerting.settings import Settings
from anfl_assets.flow.alerting.watching.conclude import PROCESSES
from anfl_assets.store.alerts.queue import ChannelTrouble
from anfl_assets.store.alerts.receipts import ChannelState
from anfl_assets.store.alerts.records import Condition, Incident, Reading, Silence
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.wording.numbers import counted, span

_FRESH = timedelta(seconds=60)
_WAITS, _STUCK = timedelta(minutes=1), timedelta(minutes=5)
_LONG, _SOON = timedelta(days=1), timedelta(hours=1)
_FAILURES = 3
_RUN = "`anfl up` runs it; its logs are below the data folder's dagster/up"


def beats(store: AlertStore, now: datetime, max_age: timedelta) -> Iterator[Finding]:
    """Say whether the processes that judge and send are alive."""
    found = store.beats()
    for name, named in PROCESSES.items():
        topic = named.removeprefix("the ")
        last = found.get(name)
        if last is None:
            yield Finding(topic, "broken", "has never run", _RUN)
            continue
        # A beat of the future is of a clock that was wrong: it proves nothing of now.
        age = abs(now - last)
        text = f"last ran {span(age)} {'ago' if last <= now else 'ahead of the clock'}"
        if age > max_age:
            yield Finding(topic, "broken", text, _RUN)
        elif age > _FRESH:
            yield Finding(topic, "look", text, "it should every few seconds: see the watcher's log")
        else:
            yield Finding(topic, "ok", text)


def channels(settings: Settings, store: AlertStore, now: datetime) -> Iterator[Finding]:
    """Say of each channel whether messages come through."""
    openings = settings.channels.openings
    if set(openings) <= {"Dashboard"}:
        todo = "write `channels` in alerts.yaml, or start `anfl alerts sandbox`"
        yield Finding("channels", "broken", "none is configured: nobody can be told", todo)
    elif settings.channels.is_sandbox:
        text = "the sandbox stands in for all: nothing leaves this machine"
        yield Finding("channels", "look", text, "write `channels` in alerts.yaml before it counts")
    states, troubles, proofs = store.channel_states(), store.troubles(now), last_canary(store)
    for name in openings:
        finding = _channel(name, states.get(name), troubles.get(name), now)
        proof = proofs.get(name)
        if finding.health == "ok" and proof is not None and proof.is_missing(now):
            why = proof.error or proof.state
            text = f"its daily proof of {moment(proof.due_at)} has no receipt ({why})"
            finding = Finding(finding.topic, "broken", text, f"`anfl alerts test {name}`")
        yield finding


def _channel(
    name: str, state: ChannelState | None, trouble: ChannelTrouble | None, now: datetime
) -> Finding:
    topic, todo = f"channel {name}", f"`anfl alerts test {name}`"
    if trouble is not None and trouble.refused:
        messages = counted(trouble.refused, "message", "messages")
        return Finding(topic, "broken", f"refused {messages}: {trouble.refused_why}", todo)
    if state is None:
        return Finding(topic, "ok", "no message yet")
    if state.consecutive_failures >= _FAILURES:
        text = f"failed {state.consecutive_failures} times in a row: {state.last_error}"
        return Finding(topic, "broken", text, todo)
    if state.paused_until is not None and state.paused_until > now:
        text = f"paused until {moment(state.paused_until)}: {state.paused_why}"
        return Finding(topic, "look", text, "it goes on by itself")
    last = f"last message taken {moment(state.last_ok_at)}" if state.last_ok_at else "not used yet"
    return Finding(topic, "ok", last)


def outbox(store: AlertStore, now: datetime) -> Iterator[Finding]:
    """Say how many messages wait and whether one waits for nothing."""
    count, since = len(store.waiting()), store.waiting_since(now)
    text = f"{counted(count, 'message waits', 'messages wait')}"
    if since is None:
        yield Finding("outbox", "ok", text)
        return
    age = now - since
    text += f", the oldest due {span(age)} ago"
    if age > _STUCK:
        yield Finding("outbox", "broken", text, "the deliverer is dead or stuck: `anfl up`")
    else:
        yield Finding("outbox", "look" if age > _WAITS else "ok", text)


def silences(policy: Policy, store: AlertStore, now: datetime) -> Iterator[Finding]:
    """Say which silences hide something for long, or end soon while it is still wrong."""
    wrong = [each for each in store.conditions() if each.phase == "firing"]
    held = store.silences(now)
    yield Finding("silences", "ok", f"{len(held)} in force")
    for each in held:
        hidden = _hidden(each, wrong, policy)
        if not hidden:
            continue
        text = f"{each.silence_id} by {each.author} hides {several(hidden, 3)}"
        if each.ends_at - now <= _SOON:
            todo = "it is told of then: mend it, or silence it again with a reason"
            yield Finding("silences", "look", f"{text}, and ends {moment(each.ends_at)}", todo)
        elif now - each.starts_at >= _LONG:
            since = f"{text} since {moment(each.starts_at)} ({each.reason})"
            yield Finding("silences", "look", since, f"`anfl alerts unsilence {each.silence_id}`")


def _hidden(silence: Silence, wrong: Sequence[Condition], policy: Policy) -> list[str]:
    return [
        f"{each.key.metric_id} {each.key.subject}"
        for each in wrong
        if each.key.metric_id in policy.watched
        and matches(silence.match, with_severity(facts_of(each.key, each.reading, policy), policy))
    ]


def incidents(store: AlertStore, now: datetime) -> Iterator[Finding]:
    """Say which incidents nobody has answered in time."""
    found = store.open_incidents()
    unanswered = [each for each in found if _is_unanswered(each, now)]
    yield Finding("incidents", "ok", f"{len(found)} open")
    if unanswered:
        names = [f"{each.incident_id} ({each.policy.severity})" for each in unanswered]
        text = f"nobody acknowledged {several(names)} in time"
        yield Finding("incidents", "look", text, "`anfl alerts ack ID`")


def _is_unanswered(incident: Incident, now: datetime) -> bool:
    limit = incident.policy.response_s
    if incident.acknowledged_at is not None or incident.muted_at is not None or limit is None:
        return False
    return now - incident.opened_at > timedelta(seconds=limit)


def never_seen(policy: Policy, readings: Sequence[Reading]) -> Iterator[Finding]:
    """Say which metrics could never alert: no subject of theirs ever had data."""
    seen = {each.metric_id for each in readings if each.window_end_at is not None}
    judged = [name for name, watched in policy.watched.items() if watched.domain != "own"]
    unseen = [name for name in judged if name not in seen]
    yield Finding("rules", "ok", f"{len(judged) - len(unseen)} of {len(judged)} metrics have data")
    if unseen:
        text = f"never seen, so never told of: {several(unseen, 12)}"
        yield Finding("rules", "look", text, "`anfl feeds status`; a feed must bring their rows")
