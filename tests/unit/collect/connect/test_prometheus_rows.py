"""Answers of Prometheus become rows: counts, histograms, absent and unusable values."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.connect.prometheus_answer import read_matrix
from anfl_assets.collect.connect.prometheus_queries import Grid, Histogram, Queries, Query
from anfl_assets.collect.connect.prometheus_rows import (
    Values,
    add_points,
    digests,
    filled,
    rows_frame,
)
from anfl_assets.errors import SourceError
from tests.unit.collect.connect.scripted_server import matrix

REQUESTS, ERRORS = Query("requests", "r", is_count=True), Query("errors", "e", 0.0, is_count=True)
CPU = Query("cpu", "c")
LATENCY = Histogram("latency", "l", 1000.0)
API, WEB = {"service": "api"}, {"service": "web"}


def _rows(*answers: tuple[Query | Histogram, bytes], by: tuple[str, ...] = ("service",)) -> Values:
    values: Values = {}
    for asked, answer in answers:
        add_points(values, asked, read_matrix(answer.decode()).series, by)
    return filled(values, _queries(*(asked for asked, _ in answers), by=by))


def _queries(*asked: Query | Histogram, by: tuple[str, ...] = ("service",)) -> Queries:
    read = tuple(one for one in asked if isinstance(one, Query))
    lists = [one for one in asked if isinstance(one, Histogram)]
    return Queries(by, read, lists[0] if lists else None, Grid(60, 3600, 60))


def test_a_row_is_a_time_and_a_combination_of_labels_in_order() -> None:
    rows = _rows(
        (REQUESTS, matrix((WEB, [(120, "7.4")]), (API, [(60, "3"), (120, "2.5")]))),
        (ERRORS, matrix((API, [(120, "0.6")]))),
        (CPU, matrix((API, [(60, "1.25")]))),
    )
    frame = rows_frame(rows, _queries(REQUESTS, ERRORS, CPU))
    assert frame.rows(named=True) == [
        _row(60, "api", requests=3.0, errors=0.0, cpu=1.25, line=1),
        _row(120, "api", requests=2.0, errors=1.0, cpu=None, line=2),
        _row(120, "web", requests=7.0, errors=0.0, cpu=None, line=3),
    ]
    assert frame.schema["time"] == pl.Datetime("us", "UTC")


def _row(at: int, service: str, *, line: int, **read: float | None) -> dict[str, object]:
    times = {
        "time": datetime.fromtimestamp(at, UTC),
        "window_start": datetime.fromtimestamp(at - 60, UTC),
    }
    return {**times, "service": service, **read, "__line__": line}


@pytest.mark.parametrize("text", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_number_is_no_value_and_never_the_value_of_an_absent_series(text: str) -> None:
    rows = _rows((REQUESTS, matrix((API, [(60, "1")]))), (ERRORS, matrix((API, [(60, text)]))))
    assert list(rows.values()) == [{"requests": 1.0, "errors": None}]


def test_a_point_without_any_value_is_no_row() -> None:
    assert _rows((CPU, matrix((API, [(60, "NaN"), (120, "1")])))).keys() == {(120, ("api",))}


def test_without_labels_the_whole_is_one_row() -> None:
    assert _rows((CPU, matrix(({}, [(60, "1")]))), by=()) == {(60, ()): {"cpu": 1.0}}


def test_an_absent_label_is_null_where_another_series_has_it() -> None:
    rows = _rows((CPU, matrix((API, [(60, "1")]), ({"other": "x"}, [(60, "2")]))))
    assert set(rows) == {(60, ("api",)), (60, (None,))}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (matrix((API, []), (API | {"pod": "b"}, [])), "more than one series for service=api: agg"),
        (matrix(({}, [(60, "1")])), "no series of the query has a label of service: aggregate"),
    ],
)
def test_series_that_are_not_one_for_each_row_ask_for_aggregation(answer: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        _rows((CPU, answer))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing"),
        ("<!doctype html><html>", "an HTML page"),
        ("[1, 2", r"\[1, 2"),
        ("[" * 100_000, "is the address right"),
        ('"text"', "is the address right"),
        ("{}", "is the address right"),
        ('{"status": "error", "error": "no\\nroom"}', "the query failed: no room"),
        (
            '{"status": "success", "data": {"resultType": "scalar", "result": [1, "2"]}}',
            "gives a scalar",
        ),
        (
            '{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}}]}}',
            "is the address right",
        ),
        (matrix(({}, [(60, "one")])).decode(), "is the address right"),
        (matrix(({}, [(math.inf, "1")])).decode(), "is the address right"),
        (matrix(({}, [(math.nan, "1")])).decode(), "is the address right"),
        (
            '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[]}]}}',
            "native histograms",
        ),
    ],
)
def test_an_answer_of_another_form_is_said_to_be_none(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_matrix(text)


def test_warnings_are_told_on_one_line_each_and_not_without_end() -> None:
    text = matrix(warnings=["a\nb", *"cdefgh"]).decode()
    assert read_matrix(text).warnings == ("a b", "c", "d", "e", "f")
    assert read_matrix(json.dumps(json.loads(matrix()) | {"warnings": None})).warnings == ()


def _buckets(**counts: str) -> bytes:
    bounds = {"le100ms": "0.1", "le200ms": "0.2", "inf": "+Inf"}
    return matrix(*((API | {"le": bounds[name]}, [(60.0, text)]) for name, text in counts.items()))


def test_cumulative_buckets_become_log_buckets() -> None:
    (row,) = _rows((LATENCY, _buckets(inf="12", le100ms="0", le200ms="10"))).values()
    buckets, counts = row["latency_buckets"], row["latency_counts"]
    assert isinstance(buckets, list)
    assert isinstance(counts, list)
    assert sum(counts) == 12
    assert 1.02 ** (buckets[0] - 1) >= 99
    assert 1.02 ** buckets[-1] <= 204


def test_a_wider_bucket_that_holds_less_holds_as_much() -> None:
    (row,) = _rows((LATENCY, _buckets(le100ms="5", le200ms="4.9999", inf="5"))).values()
    assert sum(row["latency_counts"]) == 5  # type: ignore[arg-type]


def test_no_request_is_an_empty_histogram_and_an_unknown_bucket_none() -> None:
    (row,) = _rows((LATENCY, _buckets(le100ms="0", le200ms="0", inf="0"))).values()
    assert row == {"latency_buckets": [], "latency_counts": []}
    assert _rows((LATENCY, _buckets(le100ms="0", le200ms="NaN", inf="0"))) == {}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (matrix((API | {"le": "0.1"}, [(60, "1")])), "the last `.Inf`"),
        (matrix((API, [(60, "1")])), "le=None is no bound: keep the label"),
        (matrix((API | {"le": "high"}, [(60, "1")])), "le='high' is no bound"),
    ],
)
def test_a_histogram_without_its_bounds_is_said(answer: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        _rows((LATENCY, answer))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8), st.floats(0, 1))
def test_rounding_adds_at_most_a_half_and_keeps_failures_among_requests(
    increases: list[float], share: float
) -> None:
    points = [(60.0 * at, repr(value)) for at, value in enumerate(increases)]
    failed = [(at, repr(float(value) * share)) for at, value in points]
    rows = _rows((REQUESTS, matrix((API, points))), (ERRORS, matrix((API, failed))))
    for row, value in zip(rows.values(), increases, strict=True):
        requests, errors = row["requests"], row["errors"]
        assert isinstance(requests, float)
        assert isinstance(errors, float)
        assert requests.is_integer()
        assert abs(requests - value) <= 0.5
        assert errors <= requests


@given(st.lists(st.floats(0, 1e5), min_size=3, max_size=3).map(sorted))
def test_log_buckets_add_up_to_all_requests(cumulative: list[float]) -> None:
    names = ("le100ms", "le200ms", "inf")
    texts = dict(zip(names, map(repr, cumulative), strict=True))
    (row,) = _rows((LATENCY, _buckets(**texts))).values()
    assert sum(row["latency_counts"]) == round(cumulative[-1])  # type: ignore[arg-type]


def test_a_digest_changes_with_the_value_and_not_with_its_last_bits() -> None:
    key = (60, ("api",))
    first, same, other = (
        digests({key: {"cpu": value}})[key] for value in (0.3, 0.1 + 0.2, 0.30001)
    )
    assert first == same
    assert first != other
