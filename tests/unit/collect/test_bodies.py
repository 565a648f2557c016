"""What is kept of a refused row is read as the row it was, or it is said why it cannot be."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.batch import LINE, Batch
from anfl_assets.collect.bodies import (
    TYPED_KEY,
    UNSHAPED,
    UNSPLIT,
    Kept,
    canonical_rows,
    is_canonical,
    source_rows,
)
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.columns.expressions import Constant, Expression, Read
from anfl_assets.collect.feed import Feed, Format
from anfl_assets.collect.rejects import bodies
from anfl_assets.collect.shape.explode import Explode
from anfl_assets.collect.shape.mask import How, Mask
from anfl_assets.config.period import Period

_COLUMNS: Mapping[str, Expression] = {
    "observed_at": Read("time"),
    "service": Read("path"),
    "status_code": Read("status"),
}
_TEXT = st.none() | st.text(max_size=8)


def feed(**declared: Any) -> Feed:  # noqa: ANN401 - any field of Feed
    return replace(
        Feed("logs", "accesses", Path(), (), _COLUMNS, Period(1, "day"), format=Format.CSV),
        **declared,
    )


def again(feed: Feed, *records: object) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Read the records again, with ids from 10 on; return rows and why others are of no use."""
    kept = [Kept(10 + at, "a.csv", json.dumps(record)) for at, record in enumerate(records)]
    found = source_rows(feed, kept)
    rows = [row for batch in found.batches for row in batch.rows.rows(named=True)]
    return rows, dict(found.unusable)


@given(
    st.lists(
        st.tuples(
            _TEXT, _TEXT, st.none() | st.integers(-(2**60), 2**60), st.floats(allow_nan=False)
        ),
        min_size=1,
    )
)
def test_a_row_is_read_as_the_text_it_had(values: list[tuple[object, ...]]) -> None:
    schema = {"time": pl.String(), "path": pl.String(), "status": pl.Int64(), "more": pl.Float64()}
    rows = pl.DataFrame(values, schema=schema, orient="row")
    kept = [Kept(at, "a.csv", body) for at, body in enumerate(bodies(rows))]
    [batch] = source_rows(feed(), kept).batches
    assert batch.rows[LINE].to_list() == list(range(len(values)))
    expected = rows.select(pl.col("time", "path", "status").cast(pl.String))
    assert batch.rows.select("time", "path", "status").equals(expected)


def test_a_dotted_path_finds_what_is_inside_a_record() -> None:
    nested = feed(columns={**_COLUMNS, "status_code": Read("http.status")}, format=Format.JSONL)
    rows, _ = again(nested, {"time": "t", "path": "/", "http": {"status": 200}})
    assert [row["http.status"] for row in rows] == ["200"]


@pytest.mark.parametrize(
    ("declared", "record", "why"),
    [
        pytest.param({}, {"text": "a,b,c"}, UNSPLIT, id="a line that could not be split"),
        pytest.param(
            {},
            {"time": "t", "path": "/"},
            "columns the feed reads are not kept of it: status",
            id="a column nobody had read",
        ),
        pytest.param(
            {"format": Format.PARQUET, "key": ("path",)},
            {"time": "t", "path": "/", "status": 200},
            TYPED_KEY,
            id="a key of typed columns",
        ),
    ],
)
def test_what_cannot_be_read_again_says_why(
    declared: dict[str, Any], record: object, why: str
) -> None:
    assert again(feed(**declared), record) == ([], {10: why})


def test_a_line_of_an_access_log_is_split_again_or_refused_again() -> None:
    line = '127.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 26'
    kept = [
        Kept(number, "access.log", json.dumps({"text": text}))
        for number, text in ((5, "???"), (7, line))
    ]
    batches = source_rows(feed(format=Format.ACCESS_LOG), kept).batches
    rows = pl.concat([batch.rows.select(LINE, "path") for batch in batches])
    assert rows.rows() == [(7, "/a")]
    assert pl.concat([batch.rejects for batch in batches])["line"].to_list() == [5]


def test_a_record_is_shaped_again_where_it_gives_one_row_alone() -> None:
    listed = feed(
        columns={**_COLUMNS, "status_code": Read("all.status")},
        shape=(Explode("all", fields=("status",)),),
        format=Format.JSON,
    )
    one = {"time": "t", "path": "/", "all": [{"status": "x"}]}
    rows, unusable = again(listed, one, {**one, "all": [{"status": "1"}, {"status": "2"}]})
    assert [(row[LINE], row["all.status"]) for row in rows] == [(10, "x")]
    assert unusable == {11: UNSHAPED}


def test_a_body_of_canonical_columns_is_the_row_it_was() -> None:
    table = feed().table
    row = (datetime(2026, 2, 1, 10, 0, 0, 5, tzinfo=UTC), "search", 200, 0.1, None)
    rows = pl.DataFrame([row], schema=table.schema, orient="row")
    [body] = bodies(rows)
    assert is_canonical(feed(), body)
    assert not is_canonical(feed(), json.dumps({"time": "t", "path": "/", "status": "200"}))
    found = canonical_rows(feed(), [Kept(3, "a.csv", body)])
    assert found.select(table.schema.names()).equals(rows)
    assert found["line"].to_list() == [3]


def test_a_row_is_masked_though_it_was_refused_before_the_feed_said_so() -> None:
    masking = feed(shape=(Mask({"path": How.REMOVE, "user": How.REMOVE}),))
    rows, _ = again(masking, {"time": "t", "path": "/ann", "status": "200", "user": "ann"})
    assert [(row["path"], row["status"], row["user"]) for row in rows] == [(None, "200", None)]


def test_constants_need_nothing_of_a_row() -> None:
    fixed = feed(columns={**_COLUMNS, "status_code": Constant(200)})
    rows, _ = again(fixed, {"time": "t", "path": "/"})
    assert [row["path"] for row in rows] == ["/"]


def test_nothing_kept_gives_no_rows() -> None:
    found = source_rows(feed(), [])
    assert [batch.rows.height for batch in found.batches] == [0]
    assert isinstance(found.batches[0], Batch)
    assert found.batches[0].rejects.schema == REJECTS
