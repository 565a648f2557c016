"""Alerting under clocks that jump, policies that change meanwhile, and quiet hours of a part."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from anfl_assets.alert.policy import Grace, QuietHours
from anfl_assets.deliver.message import Message, from_json
from anfl_assets.store.alerts.records import Match, Outcome
from tests.unit.alert.world import MINUTE, START, World, policy, reading, watched

_DAY = 1440


class _Reader(World):
    """A world that keeps what the recovery said."""

    recoveries: list[Message]

    def take(self, outcome: Outcome) -> None:
        self.recoveries = [
            from_json(each.body) for each in outcome.notices if each.reason == "recovery"
        ]
        super().take(outcome)


def test_a_metric_that_the_policy_dropped_while_it_fired_is_closed_and_ends_nothing_else() -> None:
    world = _Reader(policy(watched(), watched("other")))
    world.see(0, "breached")
    world.policy = policy(watched("other"))
    world.see(1, reading("breached", START + MINUTE, metric_id="other"))
    assert world.reasons() == [(0, "first"), (1, "recovery"), (1, "first")]
    assert [each.lines[0].label for each in world.recoveries] == ["latency"] * 3
    assert list(world.state.conditions) == [("other", "chat", "5 minutes", "breached")]


def test_an_incident_of_a_dropped_metric_can_still_be_acknowledged_and_closed() -> None:
    world = World(policy(watched(), watched("other")))
    world.see(0, "breached")
    world.policy = policy(watched("other"))
    world.acknowledge(1)
    world.resolve(2)
    assert world.reasons() == [(0, "first"), (1, "acknowledged"), (2, "recovery")]


def test_what_is_judged_no_longer_is_not_told_as_well() -> None:
    world = _Reader(policy())
    world.see(0, "breached")
    for minute in range(1, _DAY + 61, 60):
        world.see(minute, reading("on_target", START + minute * MINUTE, subject="other"))
        if world.recoveries:
            break
    assert {each.note for each in world.recoveries} == {
        "it is not judged any more, so nobody knows whether it is well"
    }
    assert {each.lines[0].value for each in world.recoveries} == {None}


def test_a_clock_that_jumped_ahead_and_back_does_not_begin_a_grace_of_months() -> None:
    world = World(policy(grace=Grace(gap=2 * MINUTE, length=5 * MINUTE)))
    world.see(0, "on_target")
    world.see(90 * _DAY, "on_target")
    for minute in range(1, 10):
        world.see(minute, "on_target")
    world.see(10, "no_data")
    assert world.reasons() == [(10, "first")]


def test_a_judgement_of_the_future_keeps_no_breach_from_ending() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.see(1, reading("breached", START + timedelta(days=90)))
    world.see(2, "on_target")
    assert world.reasons() == [(0, "first"), (2, "recovery")]


def _quiet(subject: str) -> QuietHours:
    """Two hours from the beginning on."""
    every_day = frozenset(range(7))
    return QuietHours(Match(subject=subject), every_day, time(12), time(14), ZoneInfo("UTC"))


def test_quiet_hours_of_one_subject_do_not_delay_what_is_told_with_it() -> None:
    world = World(policy(quiet_hours=(_quiet("dev-*"),)))
    world.see(
        0, reading("breached", START, subject="dev-1"), reading("breached", START, subject="prod-1")
    )
    assert world.reasons() == [(0, "first")]


def test_what_joins_an_incident_that_waits_for_its_quiet_hours_is_told_at_once() -> None:
    world = World(policy(quiet_hours=(_quiet("dev-*"),)))
    world.see(0, reading("breached", START, subject="dev-1"))
    for minute in (1, 3, 6):
        at = START + minute * MINUTE
        world.see(
            minute, reading("breached", at, subject="dev-1"), reading("breached", at, subject="p-1")
        )
    assert world.reasons() == [(1, "first"), (6, "repeat")]
    world.see(
        121, *(reading("on_target", START + 121 * MINUTE, subject=s) for s in ("dev-1", "p-1"))
    )
    assert world.reasons()[-1] == (121, "recovery")


def test_who_only_waited_when_a_silence_began_is_told_when_it_ends() -> None:
    world = World(policy())
    world.dead = frozenset({"Email"})
    world.see(0, "off_target")
    world.silence(1, until=10)
    world.see(2, "off_target")
    world.dead = frozenset()
    world.see(10, "off_target")
    assert [to for to in world.sent if to[0] == 10] == [
        (10, "reminder", "Slack", "ml"), (10, "reminder", "Email", "ml")
    ]  # fmt: skip


def test_a_level_whose_escalation_a_silence_took_back_is_told_when_it_ends() -> None:
    world = World(policy())
    for minute in (0, 5):
        world.see(minute, "breached")
    world.dead = frozenset({"PagerDuty", "SMS", "Email"})
    world.see(15, "breached")
    world.silence(16, until=18)
    world.see(16, "breached")
    world.dead = frozenset()
    world.see(18, "breached")
    assert ("SMS", "ml") in [(channel, person) for at, _, channel, person in world.sent if at == 18]


def test_a_silence_does_not_put_a_message_into_the_digest_twice() -> None:
    information = dict.fromkeys(("breached", "no_data", "off_target"), "information")
    world = World(policy(watched(severity=information)))
    world.dead = frozenset({"Dashboard"})
    world.see(0, "breached")
    world.silence(1, until=10)
    for minute in (2, 11):
        world.see(minute, "breached")
    world.dead = frozenset()
    world.see(_DAY - 5 * 60, "breached")
    assert [to[2:] for to in world.sent] == [("Email", "ml"), ("Dashboard", "ml")]


def test_a_severity_that_is_dropped_while_it_fires_ends_nothing() -> None:
    world = World(policy())
    world.see(0, "breached")
    kept = {name: each for name, each in world.policy.severities.items() if name != "critical"}
    world.policy = replace(
        world.policy,
        severities=kept,
        watched={"latency": watched(severity=dict.fromkeys(("breached", "no_data"), "warning"))},
    )
    world.see(5, "breached")
    assert world.reasons() == [(0, "first"), (5, "repeat")]


def test_a_clock_that_jumped_ahead_and_back_does_not_put_an_escalation_off_for_months() -> None:
    grace = Grace(gap=2 * MINUTE, length=5 * MINUTE)
    world = World(policy(grace=grace))
    world.see(0, "breached")
    world.see(90 * _DAY, reading("breached", START + MINUTE))
    world.sent.clear()
    for minute in range(1, 20):
        world.see(minute, "breached")
    assert world.reasons() == [(16, "escalation")]
