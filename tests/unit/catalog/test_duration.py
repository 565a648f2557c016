"""Durations, cadences, holds and reaches: texts, refusals, round trips and the dates reached."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.catalog.duration import (
    Cadence,
    Duration,
    Hold,
    parse_cadence,
    parse_duration,
    parse_hold,
    parse_limit,
)
from anfl_assets.errors import BadQuantity

UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
SHORT = st.builds(Duration, st.integers(0, 99), st.sampled_from(UNITS))
DURATIONS = st.builds(Duration, st.integers(0, 10_000), st.sampled_from(UNITS))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 minutes", 300),
        ("1 hour", 3_600),
        ("24 hours", 86_400),
        ("90 days", 7_776_000),
        ("1 month", 31 * 86_400),
        ("2 quarters", 184 * 86_400),
        ("None", None),
        ("Permanent", None),
    ],
)
def test_a_duration_has_its_length_in_seconds(text: str, seconds: int | None) -> None:
    duration = parse_duration(text)
    assert (duration.seconds, str(duration)) == (seconds, text)
    assert duration.is_endless == (seconds is None)


def test_a_duration_is_a_timedelta() -> None:
    assert parse_duration("15 minutes").timedelta == timedelta(minutes=15)
    assert parse_duration("Permanent").timedelta is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Real-time", Cadence("Real-time", "stream")),
        ("Continuous", Cadence("Continuous", "stream")),
        ("Per event", Cadence("Per event", "event")),
        ("Hourly", Cadence("Hourly", "interval", Duration(1, "hour"))),
        ("Daily", Cadence("Daily", "interval", Duration(1, "day"))),
        ("Weekly", Cadence("Weekly", "interval", Duration(1, "week"))),
        ("Monthly", Cadence("Monthly", "interval", Duration(1, "month"))),
        ("Quarterly", Cadence("Quarterly", "interval", Duration(1, "quarter"))),
        (
            "5-minute intervals",
            Cadence("5-minute intervals", "interval", Duration(5, "minute")),
        ),
        (
            "1-minute intervals",
            Cadence("1-minute intervals", "interval", Duration(1, "minute")),
        ),
    ],
)
def test_a_cadence_is_read_as_the_specification_writes_it(text: str, expected: Cadence) -> None:
    assert parse_cadence(text) == expected
    assert str(parse_cadence(text)) == text


@given(DURATIONS)
def test_every_duration_reads_back_from_its_own_text(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration
    assert parse_hold(str(duration)) == Hold(duration=duration)


@given(st.integers(1, 10_000), st.sampled_from(UNITS))
def test_every_interval_reads_back_from_its_own_text(count: int, unit: str) -> None:
    cadence = parse_cadence(f"{count}-{unit} intervals")
    assert parse_cadence(str(cadence)) == cadence
    assert cadence.every == Duration(count, unit)


@given(st.integers(1, 100))
def test_every_hold_of_evaluations_reads_back_from_its_own_text(evaluations: int) -> None:
    hold = Hold(evaluations=evaluations)
    assert parse_hold(str(hold)) == hold


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        pytest.param(parse_duration, "90 moons", id="unknown unit"),
        pytest.param(parse_duration, "ninety days", id="no number"),
        pytest.param(parse_duration, "-1 days", id="negative"),
        pytest.param(parse_cadence, "daily", id="lower case"),
        pytest.param(parse_cadence, "0-minute intervals", id="no length"),
        pytest.param(parse_hold, "0 evaluations", id="holding for nothing"),
        pytest.param(parse_hold, "Permanent", id="holding for ever"),
        pytest.param(parse_limit, "None", id="a limit that never comes"),
    ],
)
def test_what_is_no_span_is_refused_with_what_was_expected(
    parse: Callable[[str], object], text: str
) -> None:
    with pytest.raises(BadQuantity, match="; expected ") as refused:
        parse(text)
    assert str(refused.value).startswith(repr(text))
