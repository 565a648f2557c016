"""`explode`: a row with a list becomes rows of its items."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.collected import Collected

Collect = Callable[..., Collected]

AT = "2026-03-01T00:00:00Z"


def _feed(step: str, feature: str, *, files: str = "rows.csv", more: str = "") -> str:
    return f"""
    entity: events
    files: {files}
    shape:
      - explode: {step}
    columns:
      occurred_at: at
      user_id: user
      event_name: name
      feature: {feature}
    {more}
    """


def _features(collected: Collected) -> list[tuple[object, ...]]:
    return collected.rows.select("user_id", "feature", "line").rows()


def test_parts_of_a_text_are_rows_in_their_order(collect_as: Collect) -> None:
    feed = _feed('{column: used, separator: ";"}', "used")
    content = f"at,user,name,used\n{AT},ann,x,a; b;c\n{AT},bob,x,d\n"

    assert _features(collect_as(feed, content)) == [
        ("ann", "a", 2),
        ("ann", "b", 2),
        ("ann", "c", 2),
        ("bob", "d", 3),
    ]


def test_an_empty_list_has_no_items_and_an_empty_item_is_one(collect_as: Collect) -> None:
    feed = _feed('{column: used, separator: ";"}', "used")
    collected = collect_as(feed, f"at,user,name,used\n{AT},ann,x,\n{AT},bob,x,d;;e\n")

    assert _features(collected) == [("bob", "d", 3), ("bob", None, 3), ("bob", "e", 3)]
    assert collected.received == 3


def test_a_json_list_of_scalars_in_a_csv_cell(collect_as: Collect) -> None:
    feed = _feed("{column: used}", "used")
    content = f'at,user,name,used\n{AT},ann,x,"[1.50, ""b"", true, null]"\n'

    assert [row[1] for row in _features(collect_as(feed, content))] == ["1.50", "b", "true", None]


@pytest.mark.parametrize("text", ["a;b", "7", '"{""a"": 1}"', "[1"])
def test_a_text_that_is_no_list_is_a_reject_with_its_reason(collect_as: Collect, text: str) -> None:
    collected = collect_as(
        _feed("{column: used}", "used"), f"at,user,name,used\n{AT},ann,x,[]\n{AT},bob,x,{text}\n"
    )

    assert (collected.received, collected.rejects.height) == (1, 1)
    (reject,) = collected.rejects.rows(named=True)
    assert (reject["line"], reject["rule"]) == (3, "not_a_list")
    assert reject["reason"].endswith("is no JSON list")
    assert json.loads(reject["body"])["user"] == "bob"


def test_fields_of_objects_are_reached_by_a_dot(collect_as: Collect) -> None:
    feed = _feed("{column: used}", "used.what.name", files="rows.jsonl")
    items = [{"what": {"name": "a"}}, {"what": {}}, {"other": 1}]
    line = json.dumps({"at": AT, "user": "ann", "name": "x", "used": items})

    assert [row[1] for row in _features(collect_as(feed, line, "rows.jsonl"))] == ["a", None, None]


def test_the_objects_of_an_object_are_rows_with_their_key(collect_as: Collect) -> None:
    feed = _feed("{column: zones, key: zone}", "zones.hits", files="rows.jsonl")
    feed = feed.replace("user_id: user", "user_id: zone")
    zones = {"a.com": {"hits": 3}, "b.com": {"hits": 5}}
    good = json.dumps({"at": AT, "name": "x", "zones": zones})
    bad = json.dumps({"at": AT, "name": "x", "zones": [1]})
    collected = collect_as(feed, f"{good}\n{bad}\n", "rows.jsonl")

    assert _features(collected) == [("a.com", "3", 1), ("b.com", "5", 1)]
    assert collected.rejects["reason"].to_list() == ['zones: "[1]" is no JSON object']


DOCUMENT = """
entity: events
files: rows.json
records: "."
shape:
  - explode: {column: runs}
  - explode: {column: runs.times}
columns:
  occurred_at: meta.at
  user_id: runs.name
  event_name: runs.times
"""


def test_lists_in_lists_keep_what_stands_beside_and_above_them(collect_as: Collect) -> None:
    runs = [{"name": "a", "times": [1, 2]}, {"name": "b", "times": []}, {"name": "c"}]
    document = json.dumps({"meta": {"at": AT}, "runs": [*runs, {"name": "d", "times": [3]}]})
    rows = collect_as(DOCUMENT, document, "rows.json").rows

    assert rows.select("user_id", "event_name").rows() == [("a", "1"), ("a", "2"), ("d", "3")]
    assert {str(at) for at in rows["occurred_at"]} == {"2026-03-01 00:00:00+00:00"}


def test_a_document_whose_list_is_empty_has_no_rows(collect_as: Collect) -> None:
    document = json.dumps({"meta": {"at": AT}, "runs": []})
    assert collect_as(DOCUMENT, document, "rows.json").received == 0


def test_a_refused_item_keeps_its_own_body_not_the_whole_document(collect_as: Collect) -> None:
    feed = DOCUMENT.replace("event_name: runs.times", "event_name: {from: runs.times, values: {}}")
    feed = feed.replace("values: {}", "values: {'1': one}")
    document = json.dumps({"meta": {"at": AT}, "runs": [{"name": "a", "times": [1, 2]}]})
    rejects = collect_as(feed, document, "rows.json").rejects

    assert rejects["reason"].to_list() == [
        'runs.times: "2" is not foreseen by the feed\'s mapping',
    ]
    assert json.loads(rejects["body"][0])["runs.times"] == "2"


def test_typed_lists_of_parquet_are_rows_too(collect_as: Collect, tmp_path: Path) -> None:
    frame = pl.DataFrame({"at": [AT], "user": ["ann"], "name": ["x"], "used": [["a", "b"]]})
    frame.write_parquet(tmp_path / "rows.parquet")
    feed = _feed("{column: used}", "used", files="rows.parquet")

    assert [row[1] for row in _features(collect_as(feed, "", "unused.txt"))] == ["a", "b"]
