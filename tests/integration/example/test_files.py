"""The files against the feeds template: each is asked for once, and reading gives the rows made."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.read import read_feed_file
from anfl_assets.frames import CANONICAL
from examples.company.generate import FEED_COUNT, Generated, brought
from examples.company.raw_files import Extract
from examples.company.timeline import Timeline

# One of each format and packing; the great ones are held to the truth by the pipeline's own tests.
_READ_WHOLE = (
    "probes_history",
    "scalings",
    "accesses",
    "request_windows_live",
    "usage_windows",
    "orders",
    "work_items",
    "responses",
    "interviews",
    "market_sizes",
)


@pytest.fixture(scope="module")
def feeds(company: Generated) -> Feeds:
    """The feeds of files in the generated feeds file, read as the pipeline reads it."""
    found = load_feeds(company.feeds_path, {})
    return replace(found, feeds=tuple(feed for feed in found.feeds if feed.connector is None))


@pytest.fixture(scope="module")
def made(company: Generated) -> dict[str, Extract]:
    """What the generator says it brought."""
    timeline = Timeline(company.as_of)
    return {one.feed: one for one in brought(timeline, company.truth["seed"])}


def test_every_canonical_table_has_a_feed(feeds: Feeds) -> None:
    assert len(feeds.feeds) == FEED_COUNT
    assert {feed.entity for feed in feeds.feeds} == {table.entity for table in CANONICAL}


def test_every_file_belongs_to_the_feed_that_made_it(company: Generated, feeds: Feeds) -> None:
    for feed in feeds.feeds:
        found = [str(one.path.relative_to(company.folder)) for one in find_files(feed)]
        assert found == list(company.truth["feeds"][feed.name]["files"]), feed.name


def test_no_file_is_read_twice(feeds: Feeds) -> None:
    found = Counter(one.path for feed in feeds.feeds for one in find_files(feed))
    assert set(found.values()) == {1}


def test_the_made_rows_have_the_canonical_columns(made: dict[str, Extract], feeds: Feeds) -> None:
    for name, extract in made.items():
        table = feeds.by_name[name].table
        assert set(extract.rows.columns) <= set(table.schema), name
        for column in table.columns:
            if not column.is_nullable:
                assert extract.rows[column.name].null_count() == 0, (name, column.name)


def test_every_event_lies_before_the_end(made: dict[str, Extract], feeds: Feeds) -> None:
    for name, extract in made.items():
        event_at = feeds.by_name[name].table.event_at
        if event_at != "period_start_on":
            last = extract.rows[event_at].max()
            assert last is not None, name
            assert str(last) < "2026-11-23", name


@pytest.mark.parametrize("name", _READ_WHOLE)
def test_reading_gives_the_rows_made(
    name: str, company: Generated, feeds: Feeds, made: dict[str, Extract]
) -> None:
    feed, truth = feeds.by_name[name], company.truth["feeds"][name]
    read = [
        read_feed_file(feed, found, now=company.as_of, organisation=feeds.organisation)
        for found in find_files(feed)
    ]
    assert sum(one.received for one in read) == truth["received"]
    assert sum(one.filtered for one in read) == truth["filtered"]
    rejected = sum(one.rejects.height for one in read)
    # The rest of the planted rows is well written but means nothing: validation finds it.
    assert 0 <= truth["quarantined"] - rejected <= 2
    rows = pl.concat([one.rows for one in read]).select(made[name].rows.columns)
    missing = (
        made[name]
        .rows.cast(rows.schema)
        .join(rows, on=_comparable(rows), how="anti", nulls_equal=True)
    )
    assert missing.is_empty()


def _comparable(rows: pl.DataFrame) -> list[str]:
    """Columns that compare exactly; lists cannot be joined on."""
    return [name for name, dtype in rows.schema.items() if not isinstance(dtype, pl.List)]
