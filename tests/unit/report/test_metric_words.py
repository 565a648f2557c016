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
)
from tests.unit.report.digest.boards import NOON, row


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


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
