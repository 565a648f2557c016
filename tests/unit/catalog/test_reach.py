"""How far a changed day carries, and that both directions of it agree."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.catalog.reach import Reach, parse_reach, quarter_end
from anfl_assets.errors import BadQuantity

FAR = date(2030, 12, 31)


@pytest.mark.parametrize(
    ("text", "changed", "expected"),
    [
        pytest.param("0 days", date(2026, 3, 1), {date(2026, 3, 1)}, id="same day"),
        pytest.param(
            "2 days",
            date(2026, 2, 27),
            {date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)},
            id="rolling window",
        ),
        pytest.param("0 weeks", date(2026, 11, 23), {date(2026, 11, 29)}, id="a week's Sunday"),
        pytest.param(
            "1 month",
            date(2026, 1, 30),
            {date(2026, 1, 31), date(2026, 2, 28)},
            id="its month and the next",
        ),
        pytest.param("0 quarters", date(2026, 5, 1), {date(2026, 6, 30)}, id="its quarter"),
        pytest.param(
            "4 quarters",
            date(2026, 5, 1),
            {
                date(2026, 6, 30),
                date(2026, 9, 30),
                date(2026, 12, 31),
                date(2027, 3, 31),
                date(2027, 6, 30),
            },
            id="a year of quarters",
        ),
    ],
)
def test_a_changed_day_carries_to_the_days_its_windows_are_kept_under(
    text: str, changed: date, expected: set[date]
) -> None:
    assert parse_reach(text).changed(changed, FAR) == expected


def test_onward_carries_to_every_later_day_up_to_the_end() -> None:
    reach = parse_reach("onward")
    assert reach.changed(date(2026, 1, 1), date(2026, 1, 3)) == {
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 1, 3),
    }
    assert reach.needed(date(2026, 1, 2)) == {date(2026, 1, 2)}


def test_a_month_that_looks_back_one_month_needs_all_days_of_both() -> None:
    needed = parse_reach("1 month").needed(date(2026, 3, 31))
    assert min(needed) == date(2026, 2, 1)
    assert max(needed) == date(2026, 3, 31)
    assert len(needed) == 28 + 31


def test_no_day_after_the_last_is_changed() -> None:
    reach = parse_reach("29 days")
    assert reach.changed(date(2026, 1, 31), date(2026, 1, 31)) == {date(2026, 1, 31)}


def test_a_text_that_is_no_reach_says_what_is() -> None:
    with pytest.raises(BadQuantity, match=r"'soon' is not a reach; expected onward or"):
        parse_reach("soon")


@pytest.mark.parametrize("text", ["onward", "0 days", "1 month", "4 quarters", "0 weeks"])
def test_a_reach_reads_back_as_it_was_written(text: str) -> None:
    assert str(parse_reach(text)) == text


def test_a_quarter_ends_on_the_last_day_of_its_third_month() -> None:
    assert quarter_end(date(2026, 11, 23)) == date(2026, 12, 31)
    assert quarter_end(date(2024, 2, 29)) == date(2024, 3, 31)


@given(
    unit=st.sampled_from(["day", "week", "month", "quarter"]),
    count=st.integers(0, 6),
    day=st.dates(date(2020, 1, 1), date(2027, 12, 31)),
)
def test_what_a_day_changes_is_exactly_what_needs_it(unit: str, count: int, day: date) -> None:
    reach = Reach(unit, count)
    changed = reach.changed(day, date(2032, 12, 31))
    for found in changed:
        assert day in reach.needed(found)
    for other in {found + timedelta(days=1) for found in changed} - changed:
        if unit == "day":
            assert day not in reach.needed(other)
