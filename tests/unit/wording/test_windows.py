"""Windows by name: literals in, literals out."""

from datetime import UTC, datetime

import pytest

from anfl_assets.wording.windows import full_window_name, window_name


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("grain", "start", "end", "name"),
    [
        ("5 minutes", _at(2026, 11, 23, 14), _at(2026, 11, 23, 14, 5), "5 minutes to 11-23 14:05"),
        ("day", _at(2026, 11, 22), _at(2026, 11, 23), "2026-11-22"),
        ("week", _at(2026, 11, 16), _at(2026, 11, 23), "week to 11-22"),
        ("month", _at(2026, 10, 1), _at(2026, 11, 1), "Oct 2026"),
        ("month", _at(2026, 8, 1), _at(2026, 11, 1), "Aug–Oct 2026"),
        ("quarter", _at(2026, 7, 1), _at(2026, 10, 1), "Q3 2026"),
        ("30 days", _at(2026, 10, 24), _at(2026, 11, 23), "30 days to 11-22"),
        ("event", _at(2026, 11, 22, 22), _at(2026, 11, 22, 22, 1), "event 11-22 22:00"),
    ],
)
def test_a_window_is_named_shortly(grain: str, start: datetime, end: datetime, name: str) -> None:
    assert window_name(grain, start, end) == name


@pytest.mark.parametrize(
    ("grain", "start", "end", "name"),
    [
        ("5 minutes", _at(2026, 11, 23), _at(2026, 11, 23, 12), "5 minutes to 2026-11-23 12:00"),
        ("day", _at(2026, 11, 22), _at(2026, 11, 23), "2026-11-22"),
        ("30 days", _at(2026, 10, 24), _at(2026, 11, 23), "30 days to 2026-11-22"),
        ("month", _at(2026, 8, 1), _at(2026, 11, 1), "Aug–Oct 2026"),
        ("quarter", _at(2026, 7, 1), _at(2026, 10, 1), "Q3 2026"),
    ],
)
def test_a_full_name_has_its_year(grain: str, start: datetime, end: datetime, name: str) -> None:
    assert full_window_name(grain, start, end) == name


def test_no_window_has_no_name() -> None:
    assert window_name("day", None, None) == "–"
    assert full_window_name("day", None, None) == "–"
