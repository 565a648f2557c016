"""JSON, JSON Lines and Parquet: records by key or path, typed values kept exact."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import zstandard

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Arithmetic, Constant, Operation, Read
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]
GOOD = {"at": "2026-09-01T00:00:00Z", "service": "api", "ms": 1.5, "failed": False}


def _lines(*records: object) -> str:
    return "".join(
        (record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records
    )


def test_a_bad_line_is_rejected_and_the_others_kept(collect: Collect) -> None:
    collected = collect(_lines(GOOD, "{", "", [1], GOOD), name="rows.jsonl")

    assert collected.rows["line"].to_list() == [1, 5]
    assert collected.rejects["line"].to_list() == [2, 4]
    assert collected.rejects["rule"].to_list() == ["unreadable_json"] * 2
    assert json.loads(collected.rejects["body"][0]) == {"text": "{"}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_not_json(collect: Collect, constant: str) -> None:
    line = json.dumps(GOOD).replace("1.5", constant)
    (reason,) = collect(line + "\n", name="rows.jsonl").rejects["reason"]

    assert f"{constant} is not a JSON number" in reason


def test_an_array_is_found_at_its_path(collect: Collect) -> None:
    text = json.dumps({"data": {"items": [GOOD, "x", GOOD]}})
    collected = collect(text, name="rows.json", records="data.items")

    assert collected.rows["line"].to_list() == [1, 3]
    assert collected.rejects["reason"].to_list() == ["not a JSON object"]


def test_no_array_at_the_path_is_an_error(collect: Collect) -> None:
    with pytest.raises(SourceError, match=r"no array at data\.rows"):
        collect(json.dumps({"data": {}}), name="rows.json", records="data.rows")


def test_broken_json_names_the_place(collect: Collect) -> None:
    with pytest.raises(SourceError, match="line 1 column 3"):
        collect("[{]", name="rows.json")


def test_an_empty_json_file_gives_no_rows(collect: Collect) -> None:
    assert collect("", name="rows.json").received == 0
    assert collect("", name="rows.jsonl").received == 0
    assert collect(b"", name="rows.parquet").received == 0


def test_a_key_no_record_has_is_an_error_unless_null_is_allowed(collect: Collect) -> None:
    without_ms = {key: value for key, value in GOOD.items() if key != "ms"}
    without_service = {key: value for key, value in GOOD.items() if key != "service"}

    assert collect(_lines(without_ms), name="rows.jsonl").rows["latency_ms"].to_list() == [None]
    with pytest.raises(SourceError, match="column 'service' is missing"):
        collect(_lines(without_service), name="rows.jsonl")


def test_dotted_paths_lead_into_objects_and_structs(collect: Collect, tmp_path: Path) -> None:
    columns = {
        "occurred_at": Read("at"),
        "user_id": Read("user.id"),
        "event_name": Constant("open"),
        "properties": Read("user"),
    }
    record = {"at": "2026-09-01T00:00:00Z", "user": {"id": 7}}
    lines = collect(_lines(record), name="rows.jsonl", entity="events", columns=columns).rows
    pl.DataFrame([record]).write_parquet(tmp_path / "made.parquet")
    stored = (tmp_path / "made.parquet").read_bytes()
    typed = collect(stored, name="rows.parquet", entity="events", columns=columns).rows

    for rows in (lines, typed):
        assert rows["user_id"].to_list() == ["7"]
        assert json.loads(rows["properties"][0]) == {"id": 7}


def test_numbers_of_json_keep_every_digit(collect: Collect) -> None:
    record = (
        '{"at": "2026-09-01T00:00:00Z", "id": 12345678901234567890, "amount": 12345678901234.5675}'
    )
    columns = {
        "occurred_at": Read("at"),
        "order_id": Read("id"),
        "amount": Read("amount"),
        "currency": Constant("EUR"),
        "kind": Constant("sale"),
    }
    rows = collect(record, name="rows.jsonl", entity="orders", columns=columns).rows

    assert rows["order_id"].to_list() == ["12345678901234567890"]
    assert rows["amount"].to_list() == [Decimal("12345678901234.5675")]


def test_typed_columns_of_parquet_are_converted(collect: Collect, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "at": [datetime(2026, 7, 1, 12, tzinfo=UTC).replace(tzinfo=None)],
            "customer": [17850],
            "quantity": pl.Series([6], dtype=pl.Int32),
            "price": [2.55],
        }
    )
    frame.write_parquet(tmp_path / "made.parquet")
    columns = {
        "occurred_at": Read("at", zone="Europe/London"),
        "customer_id": Read("customer"),
        "order_id": Read("customer"),
        "amount": Arithmetic(Operation.PRODUCT, ("quantity", "price")),
        "currency": Constant("GBP"),
        "kind": Constant("sale"),
    }
    stored = (tmp_path / "made.parquet").read_bytes()
    (row,) = collect(stored, name="rows.parquet", entity="orders", columns=columns).rows.to_dicts()

    assert row["occurred_at"] == datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert (row["customer_id"], row["amount"], row["line"]) == ("17850", Decimal("15.3"), 1)


def test_a_missing_column_or_a_damaged_parquet_file_is_an_error(
    collect: Collect, tmp_path: Path
) -> None:
    pl.DataFrame({"at": ["x"]}).write_parquet(tmp_path / "made.parquet")
    stored = (tmp_path / "made.parquet").read_bytes()

    with pytest.raises(SourceError, match="column 'service' is missing"):
        collect(stored, name="rows.parquet")
    with pytest.raises(SourceError, match="not a readable Parquet file"):
        collect(stored[: len(stored) // 2], name="rows.parquet")


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [
        pytest.param("gz", gzip.compress, id="gzip"),
        pytest.param("zst", zstandard.ZstdCompressor().compress, id="zstandard"),
    ],
)
def test_archives_are_read_and_a_truncated_one_is_an_error(
    collect: Collect, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    stored = compress(_lines(*[GOOD | {"ms": number} for number in range(2000)]).encode())

    assert collect(stored, name=f"rows.jsonl.{suffix}").rows.height == 2000
    assert collect(stored * 2, name=f"rows.jsonl.{suffix}").rows.height == 4000
    with pytest.raises(SourceError, match="truncated"):
        collect(stored[:-50], name=f"rows.jsonl.{suffix}")
    with pytest.raises(SourceError, match="damaged"):
        collect(b"plain text", name=f"rows.jsonl.{suffix}")


def test_a_path_may_lead_through_keys_that_hold_dots(collect: Collect) -> None:
    record = GOOD | {"zones": {"www.example.org": {"ms": 7}}}
    columns = {
        "observed_at": Read("at"),
        "service": Read("service"),
        "latency_ms": Read("zones.www.example.org.ms"),
        "is_error": Read("failed"),
    }

    collected = collect(_lines(record), name="rows.jsonl", columns=columns)
    assert collected.rows["latency_ms"].to_list() == [7.0]
