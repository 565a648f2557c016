"""`path`: what the name of a file says is in each of its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.look import look_at
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]

FEED = r"""
entity: events
files: "*/*.csv"
shape:
  - path: '^(?<day>\d{4}-\d\d-\d\d)/(?<user>\w+)(?<part>-\d+)?\.csv$'
columns:
  occurred_at: {from: day, format: "%Y-%m-%d", zone: UTC}
  user_id: user
  event_name: name
  feature: part
"""


def test_named_groups_of_the_path_are_columns_of_every_row(collect_as: Collect) -> None:
    rows = collect_as(FEED, "name\nlogin\nlogout\n", "2026-03-01/ann-2.csv").rows

    assert rows["user_id"].to_list() == ["ann", "ann"]
    assert rows["event_name"].to_list() == ["login", "logout"]
    assert {str(at) for at in rows["occurred_at"]} == {"2026-03-01 00:00:00+00:00"}
    assert rows["feature"].to_list() == ["-2", "-2"]


def test_a_group_that_takes_no_part_is_null(collect_as: Collect) -> None:
    assert collect_as(FEED, "name\nlogin\n", "2026-03-01/ann.csv").rows["feature"].to_list() == [
        None
    ]


def test_a_path_that_does_not_match_says_so_with_the_pattern(collect_as: Collect) -> None:
    with pytest.raises(SourceError, match=r"march/ann\.csv: the path does not match .*\(\?<day>"):
        collect_as(FEED, "name\nlogin\n", "march/ann.csv")


def test_a_first_look_finds_a_path_that_does_not_match(
    declared: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "march").mkdir()
    (tmp_path / "march" / "ann.csv").write_text("name\nlogin\n")
    (feed,) = load_feeds(declared(FEED), {}).feeds
    (found,) = find_files(feed)

    with pytest.raises(SourceError, match="does not match"):
        look_at(feed, found)
