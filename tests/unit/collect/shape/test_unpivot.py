"""`unpivot`: wide tables become long ones, and no cell is lost or made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.collected import Collected
from anfl_assets.collect.shape.step import Origin
from anfl_assets.collect.shape.unpivot import Unpivot
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]

FEED = r"""
entity: request_windows
files: "rows.*"
shape:
  - unpivot:
      n: '^(?<service>\w+) requests$'
      p95: '^(?<service>\w+) p95$'
columns:
  window_start_at: at
  window_s: {constant: 60}
  service: service
  request_count: n
  error_count: {constant: 0}
  latency_p95_ms: p95
"""
HEAD = "at,api requests,web requests,api p95,note\n"
AT = "2026-03-01T00:00:00Z"


def _told(collected: Collected) -> list[tuple[object, ...]]:
    return collected.rows.select("service", "request_count", "latency_p95_ms", "line").rows()


def test_each_service_is_a_row_with_all_its_measures(collect_as: Collect) -> None:
    collected = collect_as(FEED, f"{HEAD}{AT},3,5,9.5,x\n{AT},4,6,8.5,y\n")

    assert _told(collected) == [
        ("api", 3, 9.5, 2),
        ("web", 5, None, 2),
        ("api", 4, 8.5, 3),
        ("web", 6, None, 3),
    ]
    assert collected.received == 4


def test_where_every_measure_is_empty_there_is_no_row(collect_as: Collect) -> None:
    collected = collect_as(FEED, f"{HEAD}{AT},,5, ,x\n{AT},,,,y\n")

    assert _told(collected) == [("web", 5, None, 2)]
    assert (collected.received, collected.rejects.height) == (1, 0)


def test_a_row_with_one_measure_keeps_its_other_one_missing(collect_as: Collect) -> None:
    assert _told(collect_as(FEED, f"{HEAD}{AT},,,7.5,x\n")) == [("api", None, 7.5, 2)]


def test_a_cell_that_cannot_be_read_rejects_its_own_row_alone(collect_as: Collect) -> None:
    collected = collect_as(FEED, f"{HEAD}{AT},many,5,9.5,x\n")

    assert _told(collected) == [("web", 5, None, 2)]
    assert collected.rejects["reason"].to_list() == ['n: "many" is not a whole number in range']
    assert '"service":"api"' in collected.rejects["body"][0]


def test_keys_of_json_records_are_columns_too_also_those_of_later_records(
    collect_as: Collect,
) -> None:
    lines = f'{{"at":"{AT}","api requests":3,"api p95":9}}\n{{"at":"{AT}","web requests":5}}\n'

    assert _told(collect_as(FEED, lines, "rows.jsonl")) == [("api", 3, 9.0, 1), ("web", 5, None, 2)]


def test_typed_columns_of_parquet_keep_their_types(collect_as: Collect, tmp_path: Path) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    wide = {"at": [at], "api requests": [3], "web requests": [2**53 + 1], "api p95": [9.5]}
    pl.DataFrame(wide).write_parquet(tmp_path / "rows.parquet")
    collected = collect_as(FEED.replace('"rows.*"', "rows.parquet"), "", "unused.txt")

    assert _told(collected) == [("api", 3, 9.5, 1), ("web", 2**53 + 1, None, 1)]


@pytest.mark.parametrize(("content", "name"), [("", "rows.jsonl"), (HEAD, "rows.csv")])
def test_a_file_without_records_has_no_rows(collect_as: Collect, content: str, name: str) -> None:
    assert collect_as(FEED, content, name).received == 0


def test_a_measure_without_a_column_lists_what_was_found(collect_as: Collect) -> None:
    with pytest.raises(SourceError, match=r"no column matches `p95: .*Found: at, api requests"):
        collect_as(FEED, f"at,api requests\n{AT},3\n")


def test_two_columns_for_one_cell_are_refused() -> None:
    step = Unpivot((("n", "^(?<service>a)"),), ("service",))
    batch = _batch([{"a1": "1", "a2": "2"}])
    with pytest.raises(SourceError, match=r"'a1' and 'a2' are both n of the same service"):
        step.apply(batch, Origin("f.csv"))


def _batch(rows: list[dict[str, str]]) -> Batch:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String()))
    lines = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True)
    return Batch(frame.with_columns(lines.alias(LINE)), unsplit_frame([]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("a n", "b n", "a p", "id"), st.sampled_from("12 "))),
        min_size=1,
        max_size=8,
    )
)
def test_every_cell_that_is_not_empty_is_in_exactly_one_row(rows: list[dict[str, str]]) -> None:
    step = Unpivot((("n", "^(?<of>.) n$"), ("p", "^(?<of>.) p$")), ("of",))
    long = step.apply(_batch(rows), Origin("f.csv")).rows

    cells = [
        (line, of, measure, text)
        for line, of, *measures in long.select(LINE, "of", "n", "p").rows()
        for measure, text in zip("np", measures, strict=True)
        if text is not None and text.strip()
    ]
    assert sorted(cells) == sorted(
        (line, name[0], name[2], text)
        for line, row in enumerate(rows, start=1)
        for name, text in row.items()
        if name != "id" and text.strip()
    )
    assert long["id"].to_list() == [rows[line - 1]["id"] for line in long[LINE]]
