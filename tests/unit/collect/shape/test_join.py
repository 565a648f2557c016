"""`join`: a text made of several columns."""

from __future__ import annotations

from collections.abc import Callable

from anfl_assets.collect.collected import Collected

Collect = Callable[..., Collected]

FEED = """
entity: market_sizes
files: "*.csv"
shape:
  - join: {period: "{year}-Q{quarter}", name: "{a}/{b}"}
columns:
  period_start_on: {from: period, format: quarter}
  period_end_on: {from: period, format: quarter, at: end}
  market: {constant: m}
  company: name
  amount: year
  unit: {constant: u}
  report: {constant: r}
"""


def test_a_period_is_joined_from_year_and_quarter(collect_as: Collect) -> None:
    rows = collect_as(FEED, "year,quarter,a,b\n2012,4,x,y\n").rows

    assert str(rows["period_start_on"][0]) == "2012-10-01"
    assert str(rows["period_end_on"][0]) == "2012-12-31"
    assert rows["company"].to_list() == ["x/y"]


def test_a_text_with_an_empty_part_is_null(collect_as: Collect) -> None:
    rows = collect_as(FEED, "year,quarter,a,b\n2012,,x,\n").rows

    assert rows["period_start_on"].to_list() == [None]
    assert rows["company"].to_list() == [None]
