"""Moments as a person writes them."""

import json
from datetime import UTC, datetime

import click
import pytest

from anfl_assets.cli.options import Moment, print_json


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-09-01", datetime(2026, 9, 1, tzinfo=UTC), id="a day"),
        pytest.param("2026-09-01T12:00:00Z", datetime(2026, 9, 1, 12, tzinfo=UTC), id="utc"),
        pytest.param("2026-09-01T12:00+02:00", datetime(2026, 9, 1, 10, tzinfo=UTC), id="offset"),
    ],
)
def test_a_moment_is_utc_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    read = Moment().convert(text, None, None)
    assert read == moment
    assert read.tzinfo is UTC


def test_what_is_no_moment_is_said_with_an_example() -> None:
    with pytest.raises(click.BadParameter, match="such as 2026-09-01"):
        Moment().convert("yesterday", None, None)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59", "0001-01-01T00:00+14:00", "1899-12-31"])
def test_a_moment_at_the_end_of_all_calendars_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="outside the years 1900 to 2199"):
        Moment().convert(text, None, None)


def test_half_a_surrogate_pair_in_a_name_is_json_too(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    print_json({"subject": "half \ud83d, ä"})
    written = capsysbinary.readouterr().out
    assert json.loads(written) == {"subject": "half \ud83d, ä"}
    assert "ä".encode() in written
