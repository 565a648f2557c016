"""How a metric's row reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.report.metric_words import (
    age_words,
    change_words,
    subject_title,
    target_words,
    threshold_words,
    when_words,
    window_words,
)
from tests.unit.report.digest.boards import NOON, row


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("grain", "begins", "ends", "told"),
    [
        ("5 minutes", "2026-11-23T11:55", "2026-11-23T12:00", "5 minutes to 2026-11-23 12:00"),
        ("day", "2026-11-22", "2026-11-23", "2026-11-22"),
        ("30 days", "2026-10-24", "2026-11-23", "30 days to 2026-11-22"),
        ("month", "2026-10-01", "2026-11-01", "Oct 2026"),
        ("month", "2026-08-01", "2026-11-01", "Aug to Oct 2026"),
        ("quarter", "2026-07-01", "2026-10-01", "Q3 2026"),
    ],
)
def test_a_window_reads_as_people_name_it(grain: str, begins: str, ends: str, told: str) -> None:
    found = row(grain=grain, window_start_at=at(begins), window_end_at=at(ends))
    assert window_words(found) == told


@pytest.mark.parametrize(
    ("change", "unit", "grain", "told"),
    [
        (3.25, "ms", "5 minutes", "+3.25 ms vs a day before"),
        (-2.2354, "%", "month", "-2.24 points vs the month before"),
        (0.0005, "%", "quarter", "no change vs the quarter before"),
        (None, "ms", "5 minutes", "–"),
        (1.0, "s", "event", "–"),
    ],
)
def test_a_change_says_what_it_is_against(
    change: float | None, unit: str, grain: str, told: str
) -> None:
    assert change_words(row(change=change, unit=unit, grain=grain)) == told


def test_limits_say_on_which_side_they_are() -> None:
    lower = row(target=99.99, threshold=99.9, unit="%", target_operator=">=")
    assert (target_words(lower), threshold_words(lower)) == ("≥ 99.99 %", "< 99.9 %")
    assert (target_words(row()), threshold_words(row())) == ("< 50 ms", "> 100 ms")


def test_a_whole_is_named_by_its_metric_alone() -> None:
    assert subject_title("error_rate", "all") == "Error rate"
    assert subject_title("error_rate", "chat") == "Error rate of chat"


def test_moments_and_ages_are_as_long_as_they_need_to_be() -> None:
    assert when_words(NOON) == "2026-11-23 12:00"
    assert when_words(at("2026-11-23")) == "2026-11-23"
    assert age_words(timedelta(hours=20, minutes=17)) == "20 h 17 min"
    assert age_words(timedelta(days=540, hours=7)) == "540 d"
