"""Replaying a policy by transitions tells the same as stepping through every window."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import given, settings

from anfl_assets.alert.act import Acknowledge, AcknowledgeAfter, Hush
from anfl_assets.alert.policy import Maintenance, Policy, QuietHours
from anfl_assets.alert.replay import Replayed, replay
from anfl_assets.alert.track import GONE, History, Run, Track, Windows
from anfl_assets.store.alerts.records import Decision, Match, Silence
from tests.unit.alert.histories import FIVE, GAP, every_window, history
from tests.unit.alert.world import MINUTE, START, policy, watched

DAY = timedelta(days=1)
CHAT = ("latency", "chat")
_VALUES = st.sampled_from([40.0, 40.0, 60.0, 80.0, 90.0, 120.0, 130.0, None, GAP])
# Runs as they are in life: most windows say what the one before said.
_SERIES = st.lists(st.tuples(_VALUES, st.integers(1, 9)), max_size=12).map(
    lambda runs: [value for value, times in runs for _ in range(times)]
)
_HISTORIES = st.dictionaries(
    st.tuples(st.sampled_from(["latency", "errors"]), st.sampled_from(["chat", "search"])),
    _SERIES,
    min_size=1,
)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    metrics = [
        watched(
            name,
            hold=draw(st.sampled_from(["1 evaluation", "3 evaluations", "10 minutes"])),
            recovers_at=draw(st.sampled_from([None, 80.0])),
            keep_firing_for=draw(st.sampled_from([0, 5, 20])) * MINUTE,
        )
        for name in ("latency", "errors")
    ]
    quiet = QuietHours(
        Match(metric="errors"), frozenset(range(7)), time(13), time(14, 3), ZoneInfo("UTC")
    )
    work = Maintenance(Match(subject="chat"), START + 33 * MINUTE, START + 71 * MINUTE, "move")
    return policy(
        *metrics,
        quiet_hours=draw(st.sampled_from([(), (quiet,)])),
        maintenance=draw(st.sampled_from([(), (work,)])),
    )


_ACTS = st.lists(
    st.one_of(
        st.integers(0, 300).map(lambda minute: Acknowledge(START + minute * MINUTE, "ana")),
        st.tuples(st.integers(0, 200), st.integers(1, 100)).map(
            lambda span: Hush(
                START + span[0] * MINUTE,
                Silence(
                    span[0],
                    Match(subject="search"),
                    "ana",
                    "known",
                    START + span[0] * MINUTE,
                    START + (span[0] + span[1]) * MINUTE,
                    START,
                ),
            )
        ),
    ),
    max_size=3,
)


@settings(max_examples=25, deadline=None)
@given(_HISTORIES, _policies(), _ACTS)
def test_transitions_tell_what_stepping_through_every_window_tells(
    values: dict[tuple[str, str], list[float | None]],
    chosen: Policy,
    acts: list[Acknowledge | Hush],
) -> None:
    past, end = history(values), START + DAY
    quick = replay(past, chosen, start=START, end=end, acts=acts)
    slow = every_window(past, chosen, start=START, end=end, acts=acts)
    assert quick.messages == slow.messages
    # What is decided at one moment has no order of its own.
    assert sorted(quick.decisions, key=_place) == sorted(slow.decisions, key=_place)
    assert quick.incidents == slow.incidents


def _place(decision: Decision) -> tuple[object, ...]:
    key = decision.condition or ()
    return (decision.at, decision.verdict, decision.detail, key, decision.incident_id or 0)


def _told(found: Replayed) -> list[tuple[float, str]]:
    waves = ((((each.at - START) / MINUTE), each.reason) for each in found.messages)
    return list(dict.fromkeys(waves))


def test_a_long_steady_breach_takes_a_step_only_where_something_is_due() -> None:
    past = history({CHAT: [40.0] * 100 + [120.0] * 1000 + [40.0] * 1000})
    found = replay(past, policy(), start=START, end=START + 8 * DAY)
    assert past.window_count == 2100
    # of two levels and two repeats; then the ladder has ended
    assert _told(found) == [
        (505, "first"),
        (510, "repeat"),
        (520, "escalation"),
        (535, "escalation"),
        (550, "escalation"),
        (565, "escalation"),
        (5505, "recovery"),
    ]
    assert found.steps < 12


def test_somebody_who_always_acknowledges_in_three_minutes_is_never_told_twice() -> None:
    past = history({CHAT: [40.0, *[120.0] * 30, 40.0]})
    found = replay(
        past,
        policy(),
        start=START,
        end=START + DAY,
        acts=[AcknowledgeAfter(3 * MINUTE, "ana", Match(severity="critical"))],
    )
    assert _told(found) == [(10, "first"), (13, "acknowledged"), (160, "recovery")]


def test_what_began_before_the_start_is_known_and_not_counted() -> None:
    past = history({CHAT: [120.0] * 20 + [40.0]})
    found = replay(past, policy(), start=START + 30 * MINUTE, end=START + DAY)
    assert _told(found) == [
        (35, "escalation"),
        (50, "escalation"),
        (65, "escalation"),
        (105, "recovery"),
    ]
    assert [incident.opened_at for incident in found.incidents] == [START + FIVE]


def test_a_message_in_quiet_hours_is_sent_when_they_end_or_never_where_it_is_over() -> None:
    night = QuietHours(Match(), frozenset(range(7)), time(12), time(13), ZoneInfo("UTC"))
    past = history({CHAT: [120.0, 40.0]})
    found = replay(past, policy(quiet_hours=(night,)), start=START, end=START + DAY)
    assert _told(found) == []
    past = history({CHAT: [120.0] * 14 + [40.0]})
    found = replay(past, policy(quiet_hours=(night,)), start=START, end=START + DAY)
    assert _told(found) == [(60, "first"), (65, "repeat"), (75, "recovery")]


def test_a_subject_that_is_gone_for_good_is_retired() -> None:
    minutes = [int((START + n * FIVE).timestamp()) * 1_000_000 for n in range(3)]
    windows = Windows(minutes, minutes, minutes, [40.0, float("nan"), float("nan")], [1, 0, 0])
    runs = tuple(
        Run(n, n + 1, status, 50.0, "<", 100.0, minutes[n])
        for n, status in enumerate(["on_target", "no_data", GONE])
    )
    [other] = history({("latency", "search"): [40.0]}).tracks
    past = History((Track("latency", "chat", "5 minutes", "ms", windows, runs), other))
    found = replay(past, policy(), start=START, end=START + 3 * DAY)
    assert [(each.at, each.reason) for each in found.messages][-1] == (
        START + 2 * FIVE + DAY + timedelta(microseconds=1),
        "recovery",
    )
    assert found.decisions[-2].verdict == "retired"
