"""Periods written as one text: the day they begin, the day they end, for dates and for times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.collect.convert.periods import PERIODS, period_ends, period_starts

Collect = Callable[..., Collected]


def _period(collect: Collect, text: str, form: str) -> Collected:
    columns = {
        "period_start_on": Read("period", format=form),
        "period_end_on": Read("period", format=form, at="end"),
        **{name: Constant("x") for name in ("market", "company", "unit", "report")},
        "amount": Constant(1.0),
    }
    return collect(f"period,x\n{text},1\n", entity="market_sizes", columns=columns)


@pytest.mark.parametrize(
    ("text", "form", "days"),
    [
        ("2012-Q4", "quarter", "2012-10-01 to 2012-12-31"),
        ("2012Q1", "quarter", "2012-01-01 to 2012-03-31"),
        ("2012 q2", "quarter", "2012-04-01 to 2012-06-30"),
        ("Q3 2012", "quarter", "2012-07-01 to 2012-09-30"),
        ("July 2012", "quarter", "2012-07-01 to 2012-09-30"),
        ("2012-05-17", "quarter", "2012-04-01 to 2012-06-30"),
        ("2012-02", "month", "2012-02-01 to 2012-02-29"),
        ("2012/2", "month", "2012-02-01 to 2012-02-29"),
        ("Feb 2013", "month", "2013-02-01 to 2013-02-28"),
        ("2012-02-29", "month", "2012-02-01 to 2012-02-29"),
        ("2015-W53", "week", "2015-12-28 to 2016-01-03"),
        ("2012", "year", "2012-01-01 to 2012-12-31"),
        ("2012-02-29", "day", "2012-02-29 to 2012-02-29"),
    ],
)
def test_a_period_begins_and_ends_on_its_first_and_last_day(
    collect: Collect, text: str, form: str, days: str
) -> None:
    rows = _period(collect, text, form).rows
    assert f"{rows['period_start_on'][0]} to {rows['period_end_on'][0]}" == days


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2012-Q5", "quarter"),
        ("2012", "quarter"),
        ("2012-13", "month"),
        ("2012-W54", "week"),
        ("12", "year"),
        ("soon", "month"),
    ],
)
def test_what_is_no_such_period_is_a_reject(collect: Collect, text: str, form: str) -> None:
    (reason,) = _period(collect, text, form).rejects["reason"]
    assert reason == f'period: "{text}" is no {form}'


def test_a_time_is_the_first_moment_of_the_period_or_the_first_after_it(collect: Collect) -> None:
    columns = {
        "created_at": Read("period", format="month", zone="Europe/London"),
        "done_at": Read("period", format="month", zone="Europe/London", at="end"),
        "team": Constant("t"),
        "kind": Constant("k"),
    }
    rows = collect("period\n2026-03\n", entity="work_items", columns=columns).rows

    assert rows["created_at"][0] == datetime(2026, 3, 1, tzinfo=UTC)
    assert rows["done_at"][0] == datetime(2026, 3, 31, 23, tzinfo=UTC)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(list(PERIODS)))
def test_a_day_lies_in_its_period_and_periods_leave_no_gap(day: date, unit: str) -> None:
    start = period_starts(pl.Series([day.isoformat()]), unit)
    end = period_ends(start, unit)

    assert start.item() <= day < end.item()
    assert period_starts(end.cast(pl.String), unit).item() == end.item()
