"""Where values and days of a drawing stand."""

from datetime import date

import pytest

from anfl_assets.cli.forecast.scale import Days, days_that_fit, heights

LAST = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        pytest.param(41.0, 97.0, ["100", "80", "60", "40"], id="percents"),
        pytest.param(1_190.0, 1_510.0, ["1,600", "1,500", "1,400", "1,300", "1,200", "1,100"],
                     id="thousands"),
        pytest.param(0.0121, 0.0135, ["0.0135", "0.0130", "0.0125", "0.0120"], id="small"),
        pytest.param(-3.0, 12.0, ["15", "10", "5", "0", "-5"], id="around zero"),
        pytest.param(2.6, 9.9, ["10.0", "7.5", "5.0", "2.5"], id="quarters"),
    ],
)  # fmt: skip
def test_ticks_are_round_and_hold_both_ends(low: float, high: float, labels: list[str]) -> None:
    found = heights(low, high, rows=15)
    assert found.value(0) >= high
    assert found.value(found.rows - 1) <= low
    assert list(found.labels().values()) == labels
    assert list(found.labels()) == [tick * found.each for tick in range(found.ticks)]


@pytest.mark.parametrize("level", [0.0, 5.0, -5.0, 1e15])
def test_a_value_that_never_moves_has_a_height_all_the_same(level: float) -> None:
    found = heights(level, level, rows=15)
    assert 0 < found.row(level) < found.rows - 1


def test_a_value_beyond_the_ends_stays_on_the_paper() -> None:
    found = heights(0.0, 10.0, rows=15)
    assert (found.row(1e9), found.row(-1e9)) == (0, found.rows - 1)


def test_days_share_columns_only_where_they_must() -> None:
    month = days_that_fit(70, last_day=LAST, known=180, ahead=30, asked=None)
    quarter = days_that_fit(70, last_day=LAST, known=180, ahead=90, asked=None)
    assert (month.per, month.known, month.columns) == (1, 40, 70)
    assert (quarter.per, quarter.known, quarter.columns) == (3, 120, 70)


def test_as_many_known_days_are_drawn_as_are_asked_for_or_known() -> None:
    asked = days_that_fit(70, last_day=LAST, known=400, ahead=30, asked=365)
    assert (asked.per, asked.known, asked.columns) == (6, 365, 66)
    assert days_that_fit(70, last_day=LAST, known=20, ahead=30, asked=365).known == 20


def test_no_column_holds_known_days_and_days_ahead() -> None:
    days = Days(LAST, known=5, ahead=4, per=3)
    assert [days.column(lead) for lead in range(-4, 5)] == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert days.columns == 4


def test_ticks_are_mondays_and_later_first_days_of_months() -> None:
    weeks = Days(LAST, known=20, ahead=15, per=1).ticks()
    months = Days(LAST, known=120, ahead=90, per=3).ticks()
    assert weeks == [date(2026, 11, 9), date(2026, 11, 23), date(2026, 12, 7)]
    assert months == [
        date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1),
        date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip
