"""Values of records in words, small lines of few windows, and what is kept of charts."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.pages.kept import Kept
from anfl_assets.pages.metric.cells import cell, is_number
from anfl_assets.pages.thinned import thinned

END = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "yes"),
        (False, "no"),
        (17144, "17,144"),
        (0.1 + 0.2, "0.3"),
        (1234.5678, "1,234.5678"),
        (Decimal("1250.5000"), "1,250.5"),
        (Decimal("100.0000"), "100"),
        (date(2026, 7, 1), "2026-07-01"),
        (datetime(2026, 11, 22, 23, 59, 5, 250_000, tzinfo=UTC), "2026-11-22 23:59:05.25"),
        (datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=2))), "2026-11-22 23:00:00"),
        ([1, 2, 3], "1, 2, 3"),
        ([229, 230, 231, 232, 233], "229, 230, 231, 232, … (5 values)"),
        ("two\nlines\x1b[31m", "two lines\N{REPLACEMENT CHARACTER}[31m"),
    ],
)
def test_a_value_is_written_exactly_and_on_one_line(value: object, text: str) -> None:
    assert cell(value) == text


def test_a_long_text_is_cut() -> None:
    assert len(cell("x" * 10_000_000)) == 120


def test_numbers_line_up_and_yes_is_none() -> None:
    assert [is_number(each) for each in (1, 1.5, Decimal(1), True, "1", None)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=400))
def test_a_small_line_keeps_its_lowest_its_highest_and_its_last_window(
    values: list[float | None],
) -> None:
    course = [(END + n * timedelta(minutes=5), value) for n, value in enumerate(values)]
    shown = thinned(course)
    assert len(shown) <= 91
    assert [each for each in course if each in set(shown)] == shown
    assert shown[-1:] == course[-1:]
    known = [value for value in values if value is not None]
    kept = [value for _, value in shown if value is not None]
    assert (min(kept, default=None), max(kept, default=None)) == (
        min(known, default=None), max(known, default=None),
    )  # fmt: skip


def test_of_those_who_ask_at_once_one_makes_what_all_get() -> None:
    made: list[int] = []
    kept: Kept[str] = Kept(most=6, weigh=len)

    def make() -> str:
        made.append(1)
        time.sleep(0.05)
        return "aaa"

    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda _: kept.get("key", make), range(4)))
    assert (got, made) == (["aaa"] * 4, [1])


def test_what_could_not_be_made_is_made_by_the_next() -> None:
    kept: Kept[str] = Kept(most=6, weigh=len)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", lambda: str(1 // 0))
    assert kept.get("key", lambda: "b") == "b"


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    kept: Kept[str] = Kept(most=6, weigh=len)
    for name in ("aaa", "bbb", "aaa", "ccc", "aaa", "bbb"):
        assert kept.get(name, lambda name=name: make(name)) == name  # type: ignore[misc]
    assert made == ["aaa", "bbb", "ccc", "bbb"]


def test_a_value_too_large_to_be_kept_with_others_is_still_answered() -> None:
    kept: Kept[str] = Kept(most=2, weigh=len)
    assert kept.get(1, lambda: "too long") == "too long"
    assert kept.get(2, lambda: "b") == "b"
