"""Quiet hours end when the wall clock says so, also in the nights it is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from anfl_assets.alert.matching import Facts
from anfl_assets.alert.policy import QuietHours
from anfl_assets.alert.quiet import ready_at
from anfl_assets.store.alerts.records import Match
from tests.unit.alert.world import policy

_FACTS = Facts("latency", "chat", "serving", "ml", "warning", "off_target", "5 minutes")
_EVERY_DAY = frozenset(range(7))
_BERLIN = ZoneInfo("Europe/Berlin")


def _ready(at: str, *hours: QuietHours) -> str:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return ready_at(policy(quiet_hours=hours), _FACTS, moment).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("at", "ready"),
    [
        ("2026-02-10T20:59", "02-10 20:59"),  # 21:59 in Berlin
        ("2026-02-10T21:00", "02-11 06:00"),
        ("2026-02-11T05:59", "02-11 06:00"),
        ("2026-02-11T06:00", "02-11 06:00"),
        ("2026-03-28T22:00", "03-29 05:00"),  # the night that is an hour shorter
        ("2026-10-24T22:00", "10-25 06:00"),  # the night that is an hour longer
    ],
)
def test_a_message_of_the_night_waits_for_the_morning(at: str, ready: str) -> None:
    night = QuietHours(Match(), _EVERY_DAY, time(22), time(7), _BERLIN)
    assert _ready(at, night) == ready


def test_days_are_those_the_hours_begin_on() -> None:
    friday = QuietHours(Match(), frozenset({4}), time(22), time(7), ZoneInfo("UTC"))
    assert _ready("2026-03-07T03:00", friday) == "03-07 07:00"  # the night to Saturday
    assert _ready("2026-03-08T03:00", friday) == "03-08 03:00"


def test_hours_that_follow_one_another_are_one_wait() -> None:
    utc = ZoneInfo("UTC")
    evening = QuietHours(Match(), _EVERY_DAY, time(20), time(23), utc)
    night = QuietHours(Match(), _EVERY_DAY, time(22), time(7), utc)
    assert _ready("2026-03-03T20:30", evening, night) == "03-04 07:00"


def test_hours_of_others_do_not_count() -> None:
    others = QuietHours(Match(severity="information"), _EVERY_DAY, time(0), time(0), _BERLIN)
    assert _ready("2026-03-03T03:00", others) == "03-03 03:00"


def test_hours_without_end_let_a_message_out_after_all() -> None:
    always = QuietHours(Match(), _EVERY_DAY, time(0), time(0), ZoneInfo("UTC"))
    assert _ready("2026-03-03T03:00", always) == "03-19 00:00"
