"""Everything is down, or the clock jumps: what is overdue happens once, at once, and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.alerting_at_work import Alerting, after, latency, waves
from tests.integration.alerting_process import tell
from tests.integration.providers import providers

_PROJECT = Path(__file__).parents[2]
# Without SMS, of which a provider takes one a second.
CHANNELS = ("PagerDuty", "Email")
QUICK = "routes: [{name: quick, match: {severity: critical}, channels: [PagerDuty, Email]}]"
# What a system that has just started may take until it has said all that is overdue.
STARTED = 1.0


@pytest.fixture
def alerting(tmp_path: Path) -> Iterator[Alerting]:
    (tmp_path / "alerts.yaml").write_text(QUICK)
    with providers() as running:
        yield Alerting(tmp_path, running)


def breach(alerting: Alerting, minute: float) -> list[tuple[float, str, str]]:
    at = after(minute)
    return waves(alerting.run(at, latency("breached", at)))


def test_down_over_the_response_time_the_same_people_are_told_once_more_at_the_start(
    alerting: Alerting,
) -> None:
    assert breach(alerting, 0) == [(0, "first", "on_call")]
    assert breach(alerting, 12) == [(12, "repeat", "on_call")]
    assert breach(alerting, 12 + STARTED) == []
    # The next level is not due earlier or later for it.
    assert breach(alerting, 14.9) == []
    assert breach(alerting, 15) == [(15, "escalation", "ml_platform")]
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_down_over_both_deadlines_each_step_is_done_once_and_the_next_level_has_its_whole_time(
    alerting: Alerting,
) -> None:
    breach(alerting, 0)
    assert breach(alerting, 70) == [(70, "repeat", "on_call"), (70, "escalation", "ml_platform")]
    assert breach(alerting, 70 + STARTED) == []
    assert breach(alerting, 84.9) == []
    assert breach(alerting, 85) == [(85, "escalation", "executive")]
    counted = Counter((why, channel) for _, why, channel, _ in alerting.told())
    assert set(counted) == {
        (why, channel) for why in ("first", "repeat", "escalation") for channel in CHANNELS
    }
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_down_over_a_recovery_everybody_who_was_told_hears_of_it_and_of_nothing_else(
    alerting: Alerting,
) -> None:
    breach(alerting, 0)
    at = after(40)
    assert sorted(each[1:] for each in alerting.run(at, latency("on_target", at))) == [
        ("recovery", "Email", "on_call"),
        ("recovery", "PagerDuty", "on_call"),
    ]
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_down_between_the_decision_and_the_sending_nothing_is_lost_or_said_twice(
    alerting: Alerting,
) -> None:
    alerting.judge(after(0), latency("breached", after(0)))
    # Only the sender had died: what was decided meanwhile is sent in its order.
    alerting.judge(after(5), latency("breached", after(5)))
    alerting.send(after(6))
    assert waves(alerting.told()) == [(6, "repeat", "on_call")]
    at = after(7)
    assert waves(alerting.run(at, latency("on_target", at))) == [(7, "recovery", "on_call")]
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_a_warning_over_an_hour_and_four_is_told_again_and_escalated_once(
    alerting: Alerting,
) -> None:
    def miss(minute: float) -> list[tuple[float, str, str]]:
        at = after(minute)
        return waves(alerting.run(at, latency("off_target", at)))

    assert miss(0) == [(0, "first", "ml_platform")]
    assert miss(300) == [(300, "repeat", "ml_platform"), (300, "escalation", "executive")]
    assert miss(300 + STARTED) == []
    assert miss(539) == []
    assert {channel for _, _, channel, _ in alerting.told()} == {"Email", "Slack"}
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_a_clock_set_back_an_hour_brings_nothing_early_and_nothing_twice(
    alerting: Alerting,
) -> None:
    breach(alerting, 0)
    for minute in (-60, -55, -45, -30, -1, 0, 4.9):
        assert breach(alerting, minute) == []
    assert breach(alerting, 5) == [(5, "repeat", "on_call")]
    assert breach(alerting, -40) == []
    assert breach(alerting, 15) == [(15, "escalation", "ml_platform")]
    # A later judgement counts, whatever our own clock says of the moment.
    over = latency("on_target", after(16))
    assert waves(alerting.run(after(-30), over)) == [
        (-30, "recovery", "on_call"),
        (-30, "recovery", "ml_platform"),
    ]
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_a_clock_set_forward_90_days_does_what_is_due_and_changes_nothing_else(
    alerting: Alerting,
) -> None:
    subjects = [f"service-{number}" for number in range(200)]
    all_breach = [latency("breached", after(0), subject) for subject in subjects]
    assert waves(alerting.run(after(0), *all_breach)) == [(0, "first", "on_call")]
    far = after(90 * 24 * 60)
    # The source still tells of the same windows; only our clock has jumped.
    alerting.run(far, *all_breach)
    assert waves(alerting.told()[2:], far) == [
        (0, "repeat", "on_call"),
        (0, "escalation", "ml_platform"),
    ]
    assert alerting.run(far + timedelta(minutes=1), *all_breach) == []
    with alerting.store() as store:
        [incident] = store.open_incidents()
        assert incident.member_count == len(subjects)
        assert {each.phase for each in store.conditions()} == {"firing"}
    alerting.assert_the_sandbox_got_exactly_what_was_sent()


def test_two_evaluators_and_two_senders_started_at_once_tell_everybody_once(
    alerting: Alerting,
) -> None:
    command = [sys.executable, "-m", "tests.integration.alerting_process"]
    environment = {**os.environ, **alerting.variables}
    breach(alerting, 0)
    tell(alerting.folder, {"chat": "breached"})
    both = [
        subprocess.Popen(
            [*command, what, str(alerting.folder), after(20).isoformat(), "1", "3"],
            cwd=_PROJECT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        for what in ("evaluate", "send")
        for _ in range(2)
    ]
    assert [each.wait(90) for each in both] == [0] * 4
    alerting.send(after(22))
    assert Counter(why for _, why, _, _ in alerting.told()) == {
        "first": 2,
        "repeat": 2,
        "escalation": 2,
    }
    alerting.assert_the_sandbox_got_exactly_what_was_sent()
