"""A channel's pace, waiting after a failure, and giving up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.flow.alerting.sending.pace import (
    back_off,
    full_bucket,
    gives_up_at,
    left_alone,
    retry_at,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_one_a_second_means_one_at_once_and_the_next_a_second_later() -> None:
    bucket = full_bucket(1.0, 100.0)
    assert bucket.wait_s(100.0) == 0
    bucket.take(100.0)
    assert bucket.wait_s(100.0) == 1
    assert bucket.wait_s(100.75) == 0.25
    assert bucket.wait_s(101.0) == 0


def test_a_slow_channel_saves_up_one_message_at_most() -> None:
    bucket = full_bucket(0.5, 0.0)
    assert bucket.wait_s(1000.0) == 0
    bucket.take(1000.0)
    assert bucket.wait_s(1000.0) == 2


@given(
    rate=st.sampled_from((0.5, 1.0, 8.0)),
    pauses=st.lists(st.floats(min_value=0, max_value=3), max_size=60),
)
def test_in_any_stretch_no_more_goes_out_than_the_rate_and_one_burst(
    rate: float, pauses: list[float]
) -> None:
    bucket = full_bucket(rate, 0.0)
    at, sent = 0.0, []
    for pause in pauses:
        at += pause
        at += bucket.wait_s(at)
        bucket.take(at)
        sent.append(at)
    for first, begin in enumerate(sent):
        for last, end in enumerate(sent[first:]):
            assert last + 1 <= rate * (end - begin) + max(1.0, rate) + 1e-6


def test_waiting_doubles_from_two_seconds_to_five_minutes_and_to_one_for_what_is_critical() -> None:
    waits = [back_off("a", n, severity="warning").total_seconds() for n in range(1, 12)]
    for n, wait in enumerate(waits):
        whole = min(300, 4 * 2**n)
        assert max(2, whole / 2) <= wait <= whole
    assert back_off("a", 400, severity="critical") <= timedelta(minutes=1)


def test_the_same_message_waits_equally_long_everywhere_and_two_do_not_come_back_together() -> None:
    assert back_off("a", 3, severity="critical") == back_off("a", 3, severity="critical")
    assert back_off("a", 3, severity="critical") != back_off("b", 3, severity="critical")


@given(
    attempts=st.integers(min_value=1, max_value=500),
    asked=st.floats(min_value=0, max_value=86_400),
)
def test_it_is_never_tried_before_the_provider_wants(attempts: int, asked: float) -> None:
    at = retry_at("a", attempts, severity="critical", now=NOW, retry_after_s=asked)
    assert at >= NOW + timedelta(seconds=asked)
    assert at >= NOW + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, timedelta()),
        (-5.0, timedelta()),
        (float("nan"), timedelta()),
        (float("inf"), timedelta()),
        (30.0, timedelta(seconds=30)),
        (1e300, timedelta(days=7)),
    ],
)
def test_an_odd_answer_of_a_provider_does_no_harm(asked: float | None, expected: timedelta) -> None:
    assert left_alone(asked) == expected


def test_what_is_critical_is_tried_for_six_hours_and_the_rest_for_a_day() -> None:
    assert gives_up_at(NOW, severity="critical") == NOW + timedelta(hours=6)
    assert gives_up_at(NOW, severity="information") == NOW + timedelta(hours=24)


@pytest.mark.parametrize(("severity", "most"), [("critical", 720), ("warning", 580)])
def test_a_message_that_never_goes_through_is_tried_so_often_and_not_more(
    severity: str, most: int
) -> None:
    at, tries = NOW, 1
    while (at := retry_at("a", tries, severity=severity, now=at, retry_after_s=None)) < gives_up_at(
        NOW, severity=severity
    ):
        tries += 1
    assert most / 2 < tries <= most
