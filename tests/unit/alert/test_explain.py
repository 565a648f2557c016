"""Why, and why not: the log, the outbox and the history as plain sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anfl_assets.alert.explain import Delivery, Try, story
from anfl_assets.alert.explain_not import Known, Running, answer
from anfl_assets.store.alerts.records import (
    ConditionKey,
    Decision,
    Reading,
    Target,
    Verdict,
)


def at(minute: int, second: int = 0) -> datetime:
    """Return a moment after noon."""
    return datetime(2026, 11, 23, 12, minute, second, tzinfo=UTC)


CHAT = ConditionKey("inference_latency", "chat", "5 minutes", "breached")
SLOW = Reading(
    metric_id="inference_latency",
    subject="chat",
    grain="5 minutes",
    status="breached",
    value=131.25,
    unit="ms",
    target=50.0,
    target_operator="<",
    threshold=100.0,
    sample_count=240,
    since=at(0),
    window_start_at=at(0),
    window_end_at=at(5),
    judged_at=at(5),
)
GOOD = replace(SLOW, status="on_target", value=41.0)
RUNS = Running(ran_then=True, ran_until=at(59))
PAGER, MAIL = Target("PagerDuty", "on_call"), Target("Email", "on_call")


def line(
    moment: datetime,
    verdict: Verdict,
    detail: str,
    *,
    key: ConditionKey | None = CHAT,
    incident_id: int | None = None,
    reading: Reading | None = SLOW,
) -> Decision:
    """Return a line of the log."""
    return Decision(moment, verdict, detail, key, incident_id, reading if key else None)


def of_incident(moment: datetime, verdict: Verdict, detail: str) -> Decision:
    """Return a line of the log of incident 12."""
    return line(moment, verdict, detail, key=None, incident_id=12)


FIRST = Delivery(
    "first",
    PAGER,
    at(10),
    at(10),
    "sent",
    sent_at=at(10, 3),
    tries=(Try(at(10, 1), "failed", "503 busy"), Try(at(10, 3), "sent", "receipt Q1")),
)
OPENED = line(at(10), "opened", "opened incident 12 (critical)", incident_id=12)
HELD = line(at(5), "pending", "held back: 1 of 2 evaluations")


def test_a_story_says_in_order_what_was_judged_decided_sent_and_answered() -> None:
    escalation = Delivery("escalation", MAIL, at(25), at(25), "withdrawn", error="ana is on it")
    lines = [
        HELD,
        line(at(10), "firing", "beyond what is tolerated, for long enough"),
        OPENED,
        of_incident(at(10), "told", "first: PagerDuty to on_call"),
        of_incident(at(15), "response_missed", "no acknowledgement within 0:05:00"),
        of_incident(at(25), "escalated", "no acknowledgement within 0:15:00: Email to on_call"),
        of_incident(at(26), "acknowledged", "by ana through the command line"),
        line(at(40), "cleared", "", incident_id=12, reading=GOOD),
        of_incident(at(40), "resolved", "it has ended; told PagerDuty to on_call"),
    ]
    told = story(lines, [FIRST, escalation])
    assert [f"{each.at:%H:%M:%S} {each.source}: {each.text}" for each in told] == [
        (
            "12:05:00 judged: inference_latency of chat (5 minutes, breached) was 131.25 ms (alert "
            "above 100 ms, target < 50 ms); held back: 1 of 2 evaluations"
        ),
        (
            "12:10:00 judged: inference_latency of chat (5 minutes, breached) was 131.25 ms (alert "
            "above 100 ms, target < 50 ms): it fires, beyond what is tolerated, for long enough"
        ),
        (
            "12:10:00 decided: inference_latency of chat (5 minutes, breached) opened incident 12 "
            "(critical)"
        ),
        "12:10:00 decided: decided to tell, first: PagerDuty to on_call",
        (
            "12:10:01 failed: first message to on_call by PagerDuty: not taken, to be tried again "
            "(503 busy)"
        ),
        "12:10:03 sent: first message to on_call by PagerDuty: taken by the provider (receipt Q1)",
        "12:15:00 decided: the response time was missed: no acknowledgement within 0:05:00",
        "12:25:00 decided: escalated: no acknowledgement within 0:15:00: Email to on_call",
        (
            "12:25:00 decided: escalation to on_call by Email: withdrawn before it was sent: ana "
            "is on it"
        ),
        "12:26:00 decided: acknowledged by ana through the command line",
        (
            "12:40:00 judged: inference_latency of chat (5 minutes, breached) was 41 ms (alert "
            "above 100 ms, target < 50 ms): over"
        ),
        "12:40:00 decided: resolved: it has ended; told PagerDuty to on_call",
    ]


def known(*decisions: Decision, reading: Reading | None = SLOW) -> Known:
    """Return what is known of chat."""
    return Known("inference_latency", "chat", "5 minutes", reading, RUNS, decisions, {12: [FIRST]})


SILENCED = "silence 14 by ana (new model), until 2026-11-23 14:00"
MUTED = line(at(10), "silenced", SILENCED)


@pytest.mark.parametrize(
    ("found", "outcome", "why"),
    [
        pytest.param(known(reading=GOOD), "not_wrong", "it was on target", id="on target"),
        pytest.param(
            known(HELD),
            "held_back",
            "held back: 1 of 2 evaluations (since 2026-11-23 12:05:00 UTC)",
            id="pending",
        ),
        pytest.param(
            known(HELD, MUTED),
            "muted",
            "nobody is told of inference_latency of chat (5 minutes, breached): silence 14 by ana "
            "(new model), until 2026-11-23 14:00 (since 2026-11-23 12:10:00 UTC)",
            id="silenced",
        ),
        pytest.param(
            known(line(at(10), "inhibited", "gateway: uptime gateway (5 minutes) breached")),
            "muted",
            "nobody is told of inference_latency of chat (5 minutes, breached): inhibited by "
            "gateway: uptime gateway (5 minutes) breached (since 2026-11-23 12:10:00 UTC)",
            id="inhibited",
        ),
        pytest.param(
            known(line(at(10), "maintenance", "move, until 2026-11-23 14:00")),
            "muted",
            "nobody is told of inference_latency of chat (5 minutes, breached): maintenance, move, "
            "until 2026-11-23 14:00 (since 2026-11-23 12:10:00 UTC)",
            id="maintenance",
        ),
        pytest.param(
            known(HELD, OPENED),
            "told",
            "somebody was told: inference_latency of chat (5 minutes, breached) opened incident 12 "
            "(critical) at 2026-11-23 12:10:00 UTC; told at 2026-11-23 12:10:03 UTC, to on_call by "
            "PagerDuty",
            id="told",
        ),
        pytest.param(
            known(HELD, OPENED, line(at(20), "kept_no_data", "no data", incident_id=12)),
            "told",
            "somebody was told: inference_latency of chat (5 minutes, breached) opened incident 12 "
            "(critical) at 2026-11-23 12:10:00 UTC; told at 2026-11-23 12:10:03 UTC, to on_call by "
            "PagerDuty",
            id="kept open without data",
        ),
        pytest.param(
            known(line(at(12), "joined", "joined incident 12 (critical)", incident_id=12)),
            "waiting",
            "inference_latency of chat (5 minutes, breached) joined incident 12 (critical) at "
            "2026-11-23 12:12:00 UTC, of which people had been told at 2026-11-23 12:10:03 UTC, to "
            "on_call by PagerDuty; more of it is told in an update",
            id="grouped",
        ),
        pytest.param(
            known(HELD, OPENED, line(at(20), "cleared", "", reading=GOOD), reading=GOOD),
            "not_wrong",
            "it was on target",
            id="over",
        ),
        pytest.param(
            known(reading=replace(SLOW, is_alertable=False)),
            "shown_only",
            "it is the whole and shown only; its parts are told of instead",
            id="the whole",
        ),
        pytest.param(
            known(reading=replace(SLOW, status="no_data", value=None, window_end_at=None)),
            "never_seen",
            "it never had data, so nothing is missing",
            id="never seen",
        ),
        pytest.param(
            known(),
            "undecided",
            "the log knows of no decision: alerting had not seen this judgement by then",
            id="not seen yet",
        ),
        pytest.param(
            replace(known(HELD), running=Running(ran_then=False, ran_until=at(7))),
            "not_running",
            "the evaluator was not running then: it ran until 2026-11-23 12:07:00 UTC; what it "
            "decided last: held back: 1 of 2 evaluations (since 2026-11-23 12:05:00 UTC)",
            id="we were down",
        ),
        pytest.param(
            replace(known(), running=Running(ran_then=False)),
            "not_running",
            "the evaluator was not running then: it had never run",
            id="we never ran",
        ),
        pytest.param(
            replace(known(), is_watched=False),
            "not_watched",
            "no alert is defined for this metric",
            id="not watched",
        ),
    ],
)
def test_why_nobody_was_told_is_one_sentence(found: Known, outcome: str, why: str) -> None:
    said = answer(found, at(30))
    assert (said.outcome, said.why) == (outcome, why)


def test_the_answer_says_what_it_was_judged_on() -> None:
    assert answer(known(), at(30)).judged == (
        "inference_latency of chat was 131.25 ms (alert above 100 ms, target < 50 ms)"
    )


def test_an_incident_that_is_heard_again_is_one_that_was_told() -> None:
    muted = replace(MUTED, at=at(15), incident_id=12)
    again = line(at(20), "firing", "heard again", incident_id=12)
    assert answer(known(HELD, OPENED, muted), at(30)).outcome == "muted"
    assert answer(known(HELD, OPENED, muted, again), at(30)).outcome == "told"


@pytest.mark.parametrize(
    ("delivery", "outcome", "why"),
    [
        pytest.param(
            replace(FIRST, state="waiting", sent_at=None, next_at=at(59), tries=()),
            "waiting",
            "quiet hours until 2026-11-23 12:59 UTC; message to on_call by PagerDuty: not sent "
            "yet (due 2026-11-23 12:59:00 UTC)",
            id="quiet hours",
        ),
        pytest.param(
            replace(FIRST, state="refused", sent_at=None, error="no such service"),
            "undelivered",
            "quiet hours until 2026-11-23 12:59 UTC; message to on_call by PagerDuty: refused "
            "(no such service)",
            id="refused",
        ),
        pytest.param(
            replace(FIRST, sent_at=at(45)),
            "waiting",
            "quiet hours until 2026-11-23 12:59 UTC; message to on_call by PagerDuty: sent only "
            "at 2026-11-23 12:45:00 UTC",
            id="later",
        ),
    ],
)
def test_a_message_that_had_not_arrived_says_what_kept_it(
    delivery: Delivery, outcome: str, why: str
) -> None:
    delayed = of_incident(at(10), "delayed", "quiet hours until 2026-11-23 12:59 UTC")
    found = replace(known(HELD, OPENED, delayed), deliveries={12: [delivery]})
    said = answer(found, at(30))
    assert said.outcome == outcome
    assert said.why.endswith(f"at 2026-11-23 12:10:00 UTC; {why}")
