"""How a moment may be given: every form is UTC inside, and what cannot be read is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.errors import UserError
from anfl_assets.explore.moment import Moment, earliest, utc

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_as", "meant"),
    [
        pytest.param(datetime(2026, 9, 1, 12), NOON, id="naive is UTC"),  # noqa: DTZ001 - the case
        pytest.param(
            datetime(2026, 9, 1, 14, tzinfo=timezone(timedelta(hours=2))), NOON, id="an offset"
        ),
        pytest.param("2026-09-01T12:00Z", NOON, id="ISO 8601"),
        pytest.param("2026-09-01T12:00", NOON, id="ISO 8601 without an offset"),
        pytest.param("2026-09-01", datetime(2026, 9, 1, tzinfo=UTC), id="a day as text"),
        pytest.param(date(2026, 9, 1), datetime(2026, 9, 1, tzinfo=UTC), id="a date"),
    ],
)
def test_a_moment_is_read_as_the_command_line_reads_it(given_as: Moment, meant: datetime) -> None:
    assert utc(given_as) == meant
    assert utc(given_as).tzinfo is UTC


def test_a_text_that_is_no_moment_is_quoted_with_an_example() -> None:
    with pytest.raises(UserError, match="'next week' is no ISO 8601 date or time such as 2026"):
        utc("next week")


def test_the_earliest_of_what_is_given_counts() -> None:
    assert earliest("2026-09-02", None, NOON) == NOON
    assert earliest(None, None) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_written_and_read_again_is_the_same(moment: datetime) -> None:
    assert utc(moment.isoformat()) == moment
