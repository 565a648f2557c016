"""What is told to whom, when, and what is not (§4.2, design §7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from anfl_assets.alert.by_hand import resolve
from anfl_assets.alert.pipeline import step
from anfl_assets.alert.policy import Grace, Inhibition, Maintenance, QuietHours, Route
from anfl_assets.deliver.message import from_json
from anfl_assets.store.alerts.records import Match
from tests.unit.alert.world import MINUTE, START, World, policy, reading, watched

_LEVEL_0 = [("PagerDuty", "on_call"), ("SMS", "on_call"), ("Email", "on_call")]


def test_a_breach_is_told_once_repeated_at_5_escalated_at_15_stops_on_ack_and_recovers_once() -> (
    None
):
    world = World(policy())
    for minute in (0, 1, 4, 5, 6, 14, 15, 16):
        world.see(minute, "breached")
    world.acknowledge(17)
    for minute in (20, 30, 45, 60):
        world.see(minute, "breached")
    world.see(61, "on_target")
    level_1 = [(channel, "ml") for channel, _ in _LEVEL_0]
    assert world.sent == [
        *((0, "first", *target) for target in _LEVEL_0),
        *((5, "repeat", *target) for target in _LEVEL_0),
        *((15, "escalation", *target) for target in level_1),
        (17, "acknowledged", "PagerDuty", "on_call"),
        (17, "acknowledged", "PagerDuty", "ml"),
        *((61, "recovery", *target) for target in (*_LEVEL_0, *level_1)),
    ]
    assert world.state.incidents == {}


def test_a_miss_of_the_target_goes_to_the_channels_of_warnings() -> None:
    world = World(policy())
    world.see(0, "off_target")
    assert world.sent == [(0, "first", "Email", "ml"), (0, "first", "Slack", "ml")]


def test_a_hold_of_two_evaluations_needs_two_judgements() -> None:
    world = World(policy(watched(hold="2 evaluations")))
    world.see(0, "breached")
    assert world.sent == []
    world.see(0.5, reading("breached", START))  # the same judgement again counts once
    assert world.sent == []
    world.see(1, "breached")
    assert world.reasons() == [(1, "first")]


def test_windows_that_came_late_in_one_go_have_been_held_already() -> None:
    world = World(policy(watched(hold="2 evaluations")))
    world.see(0, reading("breached", START, since=START - 10 * MINUTE))
    assert world.reasons() == [(0, "first")]


def test_a_hold_of_ten_minutes_fires_at_ten_minutes() -> None:
    world = World(policy(watched(hold="10 minutes")))
    for minute in (0, 5, 9, 10):
        world.see(minute, "breached")
    assert world.reasons() == [(10, "first")]


def test_what_is_over_before_it_was_held_is_told_to_nobody_and_logged() -> None:
    world = World(policy(watched(hold="2 evaluations")))
    world.see(0, "breached")
    world.see(1, "on_target")
    assert (world.sent, world.log) == ([], [(0, "pending"), (1, "cleared")])
    assert world.state.conditions == {}


def test_no_data_and_too_little_evidence_never_resolve_a_breach() -> None:
    world = World(policy())
    for minute, status in enumerate(["breached", "no_data", "insufficient", "no_data"]):
        world.see(minute, status)
    assert world.reasons() == [(0, "first")]
    assert [verdict for _, verdict in world.log if verdict.startswith("kept")] == [
        "kept_no_data",
        "kept_insufficient",
        "kept_no_data",
    ]
    world.see(4, "on_target")
    assert world.reasons() == [(0, "first"), (4, "recovery")]


def test_no_data_alerts_by_itself_once_there_was_data() -> None:
    world = World(policy())
    world.see(0, "no_data")
    assert world.reasons() == [(0, "first")]
    never = replace(reading("no_data", START, subject="new"), window_end_at=None)
    other = World(policy())
    other.see(0, never)
    assert other.sent == []


def test_a_subject_that_is_shown_only_alerts_nobody() -> None:
    world = World(policy())
    world.see(0, replace(reading("breached", START, subject="all"), is_alertable=False))
    assert world.sent == []


def test_a_breach_ends_only_beyond_its_recovery_level() -> None:
    world = World(policy(watched(recovers_at=90.0)))
    world.see(0, "breached")
    world.see(1, reading("off_target", START + MINUTE, value=95.0))
    assert world.reasons() == [(0, "first")]
    world.see(2, reading("on_target", START + 2 * MINUTE, value=40.0))
    assert world.reasons() == [(0, "first"), (2, "recovery")]


def test_a_recovery_level_does_not_hold_a_subject_whose_own_threshold_is_elsewhere() -> None:
    world = World(policy(watched(recovers_at=90.0)))
    breached = replace(reading("breached", START, subject="batch", value=1200.0), target=500.0)
    world.see(0, replace(breached, threshold=1000.0))
    over = reading("on_target", START + MINUTE, subject="batch", value=400.0)
    world.see(1, replace(over, target=500.0, threshold=1000.0))
    assert world.reasons() == [(0, "first"), (1, "recovery")]


def test_a_breach_is_kept_firing_as_long_as_the_policy_says() -> None:
    world = World(policy(watched(keep_firing_for=timedelta(minutes=3))))
    world.see(0, "breached")
    for minute in (1, 2, 3):
        world.see(minute, "on_target")
    assert world.reasons() == [(0, "first")]
    world.see(4, "on_target")
    assert world.reasons()[-1] == (4, "recovery")


def test_what_comes_and_goes_is_told_once_as_flapping_and_kept_until_calm() -> None:
    world = World(policy())
    for minute in range(0, 12, 2):
        world.see(minute, "breached")
        world.see(minute + 1, "on_target")
    told = [reason for _, reason in world.reasons()]
    assert told == ["first", "recovery", "first", "recovery", "first", "flapping", "repeat"]
    for minute in (20, 30, 40):
        world.see(minute, "on_target")
    world.acknowledge(40.5, 3)
    world.see(42, "on_target")
    assert world.reasons()[-1] == (42, "recovery")


def test_more_subjects_join_the_incident_and_are_told_of_at_most_every_five_minutes() -> None:
    world = World(policy())
    for minute, subjects in ((0, "a"), (1, "ab"), (5, "ab"), (6, "abc"), (9, "abc"), (10, "abc")):
        at = START + minute * MINUTE
        world.see(minute, *(reading("breached", at, subject=each) for each in subjects))
    # At the response time the same people are told of all there is: no update beside it.
    assert world.reasons() == [(0, "first"), (5, "repeat"), (10, "update")]
    assert len(world.state.incidents) == 1


def test_the_incident_lasts_until_all_its_subjects_are_over() -> None:
    world = World(policy())
    world.see(0, reading("breached", START, subject="a"), reading("breached", START, subject="b"))
    at = START + MINUTE
    world.see(1, reading("on_target", at, subject="a"), reading("breached", at, subject="b"))
    assert world.reasons() == [(0, "first")]
    world.see(2, reading("on_target", START + 2 * MINUTE, subject="b"))
    assert world.reasons() == [(0, "first"), (2, "recovery")]


def test_ten_thousand_subjects_at_once_are_three_messages_and_one_incident() -> None:
    world = World(policy())
    world.see(0, *(reading("breached", START, subject=f"s{n}") for n in range(10_000)))
    assert len(world.sent) == 3
    assert world.state.incidents[1].member_count == 10_000


def test_a_dead_source_mutes_the_silence_of_what_it_brings_and_counts_it() -> None:
    source = watched("source_freshness", owner="data")
    world = World(policy(watched(), source))
    dead = reading("breached", START, metric_id="source_freshness", subject="prom", grain="own")
    silent = [reading("no_data", START, subject=f"s{n}", feed="prom") for n in range(50)]
    world.see(0, dead, *silent, reading("breached", START, subject="other"))
    assert sorted(world.reasons()) == [(0, "first")]
    assert {incident.kind for incident in world.state.incidents.values()} == {"breached"}
    assert [verdict for _, verdict in world.log].count("inhibited") == 50


def test_what_a_cause_muted_is_told_when_the_cause_is_over_and_it_is_not() -> None:
    source = watched("source_freshness", owner="data")
    world = World(policy(watched(), source))
    dead = reading("breached", START, metric_id="source_freshness", subject="prom", grain="own")
    world.see(0, dead, reading("no_data", START, feed="prom"))
    world.see(1, replace(dead, status="on_target", judged_at=START + MINUTE))
    assert [(minute, reason) for minute, reason, channel, _ in world.sent if channel == "SMS"] == [
        (0, "first"),
        (1, "recovery"),
        (1, "first"),
    ]


def test_a_breach_mutes_the_miss_that_was_told_before_and_each_ends_for_itself() -> None:
    world = World(policy())
    world.see(0, "off_target")
    world.see(10, "breached")
    world.see(70, "breached")  # the warning's response time passes unheard
    world.acknowledge(71, 2)
    world.see(72, "on_target")
    slack = [(minute, reason) for minute, reason, channel, _ in world.sent if channel == "Slack"]
    assert slack == [(0, "first"), (72, "recovery")]


def test_of_two_that_explain_each_other_one_is_heard() -> None:
    either = (
        Inhibition("a", Match(metric="latency"), Match(metric="errors"), ()),
        Inhibition("b", Match(metric="errors"), Match(metric="latency"), ()),
    )
    world = World(policy(watched(), watched("errors"), inhibitions=either))
    world.see(0, "breached", reading("breached", START, metric_id="errors"))
    assert [incident.group_key for incident in world.state.incidents.values()] == [
        "default/critical/breached/on_call,ml,executive/metric=errors"
    ]


def test_what_matches_its_own_rule_is_muted_by_another_cause_alone() -> None:
    rule = Inhibition("whole", Match(kind="breached"), Match(subject="part-*"), ())
    alone = World(policy(inhibitions=(rule,)))
    alone.see(0, reading("breached", START, subject="part-1"))
    assert len(alone.sent) == 3
    both = World(policy(inhibitions=(rule,), group_by=("subject",)))
    both.see(
        0, reading("breached", START, subject="whole"), reading("breached", START, subject="part-1")
    )
    assert set(both.subjects) == {"whole"}


def test_a_silence_stops_the_clocks_and_its_end_reminds_who_was_told() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.silence(2, 30, metric="latency")
    for minute in (3, 6, 16, 29):
        world.see(minute, "breached")
    assert world.reasons() == [(0, "first")]
    world.see(30, "breached")
    world.see(33, "breached")
    assert world.reasons() == [(0, "first"), (30, "reminder"), (33, "repeat")]


def test_what_begins_under_a_silence_is_told_when_the_silence_ends() -> None:
    world = World(policy())
    world.silence(0, 10, subject="ch*")
    world.see(1, "breached")
    assert world.sent == []
    world.see(10, "breached")
    assert world.reasons() == [(10, "first")]


def test_maintenance_tells_nobody_of_what_matches() -> None:
    work = Maintenance(Match(subject="chat"), START, START + 10 * MINUTE, "move")
    world = World(policy(maintenance=(work,)))
    world.see(1, "breached")
    assert world.sent == []
    world.see(10, "breached")
    assert world.reasons() == [(10, "first")]


def test_after_our_own_downtime_silence_is_not_believed_for_a_while_but_breaches_are() -> None:
    grace = Grace(gap=timedelta(minutes=2), length=timedelta(minutes=5))
    world = World(policy(grace=grace))
    at = START + 60 * MINUTE
    world.see(60, reading("no_data", at), reading("breached", at, subject="other"))
    assert len(world.state.incidents) == 1
    for minute in (61, 63, 65):
        world.see(minute, reading("no_data", START + minute * MINUTE))
    assert [minute for minute, reason in world.reasons() if reason == "first"] == [60, 65]


def test_quiet_hours_delay_the_message_and_the_clocks_but_not_the_judge() -> None:
    hours = QuietHours(
        Match(severity="critical"), frozenset(range(7)), time(12), time(12, 30), ZoneInfo("UTC")
    )
    world = World(policy(quiet_hours=(hours,)))
    for minute in (0, 5, 15, 30, 34, 35):
        world.see(minute, "breached")
        world.post()
    assert world.reasons() == [(30, "first"), (35, "repeat")]


def test_what_ends_within_quiet_hours_is_told_to_nobody() -> None:
    hours = QuietHours(Match(), frozenset(range(7)), time(12), time(12, 30), ZoneInfo("UTC"))
    world = World(policy(quiet_hours=(hours,)))
    world.see(0, "breached")
    world.see(10, "on_target")
    world.see(40, "on_target")
    assert world.sent == []
    assert (10, "nobody_told") in world.log


def test_recovery_goes_to_exactly_those_who_were_told() -> None:
    world = World(policy(), dead=frozenset({"SMS"}))
    world.see(0, "breached")
    world.see(1, "on_target")
    world.dead = frozenset()
    world.see(2, "on_target")
    assert [(reason, channel) for _, reason, channel, _ in world.sent] == [
        ("first", "PagerDuty"),
        ("first", "Email"),
        ("recovery", "PagerDuty"),
        ("recovery", "Email"),
    ]


def test_after_an_outage_each_overdue_step_runs_once_and_the_next_level_gets_its_whole_time() -> (
    None
):
    world = World(policy())
    world.see(0, "breached")
    world.see(50, "breached")
    world.see(51, "breached")
    world.see(65, "breached")
    assert world.reasons() == [(0, "first"), (50, "repeat"), (50, "escalation"), (65, "escalation")]


def test_a_recovery_that_fell_into_an_outage_is_told_after_it() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.see(120, "on_target")
    assert world.reasons() == [(0, "first"), (120, "recovery")]


def test_the_ladder_ends_after_the_last_level_was_told_again_twice() -> None:
    world = World(policy())
    for minute in range(0, 200, 5):
        world.see(minute, "breached")
    people = [person for _, reason, channel, person in world.sent if channel == "SMS"]
    assert people == ["on_call", "on_call", "ml", "executive", "executive", "executive"]
    assert (75, "ladder_ended") in world.log


def test_what_was_acknowledged_four_hours_ago_and_still_fires_is_told_again() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.acknowledge(1)
    world.see(240, "breached")
    world.see(241, "breached")
    world.see(246, "breached")
    reasons = [each for each in world.reasons() if each[1] != "acknowledged"]
    assert reasons == [(0, "first"), (241, "reminder"), (246, "repeat")]


def test_what_is_closed_by_hand_stays_quiet_until_it_has_ended_by_itself() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.resolve(1)
    world.see(2, "breached")
    assert world.reasons() == [(0, "first"), (1, "recovery")]
    world.see(3, "on_target")
    world.see(4, "breached")
    assert world.reasons()[-1] == (4, "first")


def test_what_is_closed_by_hand_is_not_told_as_over() -> None:
    world = World(policy())
    world.see(0, "breached")
    closed = resolve(world.state, 1, world.policy, by="ana", reason="known", now=START + MINUTE)
    told = {from_json(notice.body).lines[0].is_over for notice in closed.notices}
    assert told == {False}


def test_a_route_sends_what_matches_elsewhere_with_its_own_severity() -> None:
    route = Route("gpu", Match(subject="gpu-*"), "warning", ("Slack",), ("gpu_team",))
    world = World(policy(routes=(route,)))
    world.see(0, reading("breached", START, subject="gpu-1"), reading("breached", START))
    assert sorted(world.sent) == sorted(
        [(0, "first", "Slack", "gpu_team"), *((0, "first", *target) for target in _LEVEL_0)]
    )


def test_information_is_mailed_in_the_digest_and_shown_at_once() -> None:
    metric = watched(
        severity={"breached": "warning", "no_data": "warning", "off_target": "information"}
    )
    world = World(policy(metric))
    world.see(0, "off_target")
    assert world.sent == [(0, "first", "Dashboard", "ml")]
    world.see(60, "on_target")
    world.see(19 * 60, "on_target")  # 07:00 the next day
    assert [(minute, reason, channel) for minute, reason, channel, _ in world.sent[1:]] == [
        (60, "recovery", "Dashboard"),
        (19 * 60, "first", "Email"),
        (19 * 60, "recovery", "Email"),
    ]


def test_an_incident_keeps_the_policy_it_opened_with() -> None:
    world = World(policy())
    world.see(0, "breached")
    slower = replace(world.policy.severities["critical"], response=timedelta(hours=9))
    world.policy = replace(world.policy, severities={**world.policy.severities, "critical": slower})
    world.see(5, "breached")
    assert world.reasons() == [(0, "first"), (5, "repeat")]


def test_what_is_not_judged_at_all_for_a_day_is_closed_as_no_longer_measured() -> None:
    world = World(policy())
    world.see(0, "breached")
    world.acknowledge(1)
    other = "other"
    for minute in range(2, 1500, 60):
        world.see(minute, reading("on_target", START + minute * MINUTE, subject=other))
    assert world.reasons()[-1][1] == "recovery"
    assert "retired" in [verdict for _, verdict in world.log]


def test_an_older_judgement_ends_nothing() -> None:
    world = World(policy())
    world.see(10, "breached")
    world.see(11, reading("on_target", START))
    assert world.reasons() == [(10, "first")]


def test_a_muted_breach_on_its_way_back_does_not_fill_the_log() -> None:
    world = World(policy(watched(recovers_at=80)))
    world.silence(0, until=60)
    world.see(1, "breached")
    for minute in range(2, 20):
        world.see(minute, reading("off_target", START + minute * MINUTE, value=90))
    assert [verdict for _, verdict in world.log] == ["silence_made", "firing", "silenced"]


def test_what_is_made_up_is_told_as_simulated_and_never_together_with_what_is_true() -> None:
    own = watched("run_success", domain="own")
    rules = policy(watched(), own, is_simulated=True, unlike_feeds=frozenset({"this_machine"}))
    world = World(rules)
    made_up = reading("breached", START, subject="chat")
    true = reading("breached", START, subject="vm", feed="this_machine")
    run = reading("breached", START, metric_id="run_success", subject="build")
    outcome = step(world.state, [made_up, true, run], world.policy, evaluator="metrics", now=START)
    found = {
        tuple(line.subject for line in message.lines): message.is_simulated
        for message in (from_json(notice.body) for notice in outcome.notices)
    }
    assert found == {("chat",): True, ("vm",): False, ("build",): False}
