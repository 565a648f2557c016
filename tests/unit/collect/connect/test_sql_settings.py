"""What may stand under `sql`, and the times that bound a pull."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.connect.sql import read_sql
from anfl_assets.collect.connect.sql_database import Kind
from anfl_assets.collect.connect.sql_place import as_written, kind_of_text, moment_of
from anfl_assets.collect.connect.sql_seen import Place, place_of
from anfl_assets.collect.connect.sql_statement import all_of, one_select
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

GOOD = {"url": "sqlite:///shop.db", "table": "orders", "cursor": "id"}


def faults(**said: Any) -> list[str]:  # noqa: ANN401 - any key of `sql`
    content = {name: value for name, value in {**GOOD, **said}.items() if value is not None}
    feed = Section("feeds.yaml", "feeds.shop", {"sql": content})
    variables = {"ANFL_SHOP_URL": "postgresql://keeper:canary@db/shop", "ANFL_PASSWORD": "canary"}
    read_sql(feed, Environment(variables, Path("data")))
    assert "canary" not in str(feed.faults)
    return [f"{fault.key}: {fault.expected}" for fault in feed.faults]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"url": "${ANFL_SHOP_URL}"},
        {"url": "postgresql://keeper:${ANFL_PASSWORD}@db/shop"},
        {"url": "duckdb:///shop.duckdb"},
        {"table": None, "query": "with a as (select ';' as x) select * from a; -- all"},
        {"start": datetime(2026, 1, 1, tzinfo=UTC), "overlap": "2 minutes", "zone": "UTC"},
        {"overlap": 100, "limit": 10, "timeout": "5 seconds"},
    ],
)
def test_these_are_without_fault(said: dict[str, Any]) -> None:
    assert faults(**said) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"url": "postgresql://keeper:canary@db/shop"}, "passwords do not stand in files"),
        ({"url": "postgresql://db/shop?password=canary"}, "passwords do not stand in files"),
        ({"url": "postgresql://keeper:canary/1@db/shop"}, "passwords do not stand in files"),
        ({"url": "mysql://db/shop"}, "postgresql://host/database"),
        ({"url": "sqlite://shop.db"}, "postgresql://host/database"),
        ({"url": None}, "an address such as"),
        ({"table": "orders; drop table orders"}, "table or schema.table"),
        ({"table": None, "query": "delete from orders"}, "one SELECT or WITH"),
        ({"table": None, "query": "select 1; select 2"}, "one SELECT or WITH"),
        ({"query": "select 1"}, "either query or table"),
        ({"cursor": None}, "a column that grows, or the feed's `key`"),
        ({"overlap": "2 months"}, "at most 1 day"),
        ({"limit": 0}, "a whole number from 1 to 1,000,000"),
        ({"zone": "Mars/Olympus"}, "an IANA zone"),
        ({"start": True}, "a time, a number or a text"),
        ({"speed": 1}, "one of url, query"),
    ],
)
def test_each_fault_says_what_was_expected(said: dict[str, Any], expected: str) -> None:
    assert [fault for fault in faults(**said) if expected in fault]


def test_names_are_quoted_and_a_last_semicolon_or_comment_does_no_harm() -> None:
    assert all_of("public.orders") == 'select * from "public"."orders"'
    assert all_of('orders" --') is None
    assert one_select("select ';' -- ;\n;") == "select ';' -- ;"
    assert one_select("select $a$ ; $a$, /* ; */ 1") == "select $a$ ; $a$, /* ; */ 1"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-09-01T12:00:00Z", Kind.ZONED),
        ("2026-09-01 12:00:00.5+02:00", Kind.ZONED),
        ("2026-09-01 12:00:00", Kind.LOCAL),
        ("2026-09-01", Kind.DATE),
        ("2026-13-01", Kind.TEXT),
        ("01HZX3", Kind.TEXT),
    ],
)
def test_a_text_is_a_time_where_it_is_written_as_one(text: str, kind: Kind) -> None:
    assert kind_of_text(text) is kind


@given(
    moment=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001
    example=st.sampled_from(
        [
            "2026-09-01",
            "2026-09-01 12:00",
            "2026-09-01T12:00:00",
            "2026-09-01 12:00:00.123",
            "2026-09-01T12:00:00.123456Z",
            "2026-09-01T12:00:00+05:30",
        ]
    ),
)
def test_a_time_written_like_another_is_read_as_itself_or_a_little_before(
    moment: datetime, example: str
) -> None:
    aware = moment.replace(tzinfo=UTC)
    written = as_written(aware, example, ZoneInfo("UTC"))
    assert len(written) == len(example)
    assert kind_of_text(written) is kind_of_text(example)
    assert timedelta(0) <= aware - moment_of(written, None) <= timedelta(days=1)


def test_a_cursor_is_read_as_it_was_written_and_another_column_begins_anew() -> None:
    place = Place("at", "2026-09-01", ("id", "at"), frozenset({b"12345678"}), frozenset())
    assert place_of(place.as_json(), "at") == place
    assert place_of(place.as_json(), "id") == Place("id")
