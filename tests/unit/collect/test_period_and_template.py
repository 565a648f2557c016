"""Periods, due dates and the files a person fills in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.read import read_feed_file
from anfl_assets.collect.template import Due, due, entity_of, feed_snippet, template
from anfl_assets.config.period import Period, parse_period
from anfl_assets.frames import TABLES


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 minutes", Period(15, "minute")),
        ("1 day", Period(1, "day")),
        ("2 Quarters", Period(2, "quarter")),
        ("0 days", None),
        ("day", None),
        ("1.5 days", None),
        ("3 moons", None),
    ],
)
def test_periods_are_read(text: str, expected: Period | None) -> None:
    assert parse_period(text) == expected


@pytest.mark.parametrize(
    ("period", "at", "ceiling"),
    [
        (Period(5, "minute"), "2026-09-01T10:02:01", "2026-09-01T10:05:00"),
        (Period(5, "minute"), "2026-09-01T10:05:00", "2026-09-01T10:05:00"),
        (Period(1, "day"), "2026-09-01T00:00:00.000001", "2026-09-02"),
        (Period(1, "week"), "2026-09-02", "2026-09-07"),
        (Period(1, "month"), "2026-12-09", "2027-01-01"),
        (Period(1, "month"), "2026-12-01", "2026-12-01"),
        (Period(1, "quarter"), "2026-11-30", "2027-01-01"),
        (Period(1, "year"), "2026-11-30", "2027-01-01"),
    ],
)
def test_a_moment_is_rounded_up_to_its_period(period: Period, at: str, ceiling: str) -> None:
    assert period.ceiling(_at(at)) == _at(ceiling)


@pytest.mark.parametrize(
    ("period", "at", "after"),
    [
        (Period(1, "month"), "2026-01-31T08:00", "2026-02-28T08:00"),
        (Period(1, "quarter"), "2026-11-30", "2027-02-28"),
        (Period(2, "hour"), "2026-11-30", "2026-11-30T02:00"),
    ],
)
def test_a_month_later_stays_in_the_next_month(period: Period, at: str, after: str) -> None:
    assert period.after(_at(at)) == _at(after)


def test_a_feed_is_due_one_period_after_it_landed() -> None:
    feed = Feed("f", "responses", Path(), ("a.csv",), {}, Period(1, "month"))
    landed, due_at = _at("2026-08-15"), _at("2026-09-15")

    assert due(feed, landed, _at("2026-09-15")) == Due(due_at, is_overdue=False)
    assert due(feed, landed, _at("2026-09-16")) == Due(due_at, is_overdue=True)
    assert due(feed, None, _at("2026-09-16")) == Due(None, is_overdue=True)


def test_a_source_is_filled_in_as_its_first_table() -> None:
    assert entity_of("customer_feedback") == "responses"
    assert entity_of("market_analysis") == "market_sizes"
    assert entity_of("orders") == "orders"
    assert entity_of("nonsense") is None


@pytest.mark.parametrize("entity", TABLES)
def test_every_template_can_be_read_with_its_own_feed(tmp_path: Path, entity: str) -> None:
    (tmp_path / "feeds.yaml").write_text(feed_snippet(entity))
    (tmp_path / entity).mkdir()
    (tmp_path / entity / "filled_in.csv").write_text(template(entity))
    (feed,) = load_feeds(tmp_path / "feeds.yaml", {}).feeds
    (found,) = find_files(feed)
    collected = read_feed_file(
        feed, found, now=_at("2026-10-02"), organisation=Organisation(currency="EUR")
    )

    assert collected.rejects.to_dicts() == []
    assert collected.rows.height == 1
    required = [column.name for column in TABLES[entity].columns if not column.is_nullable]
    assert collected.rows.select(required).null_count().sum_horizontal().item() == 0
