"""Numbers as people write them, defaults, arithmetic in arithmetic and arithmetic with times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.read import read_feed_file
from anfl_assets.errors import FeedError

NOW = datetime(2026, 10, 1, tzinfo=UTC)
AT = datetime(2026, 3, 1, tzinfo=UTC)

Compute = Callable[..., Collected]

_FIXED = {
    "resources": "observed_at: at, host: {constant: h}, resource: {constant: cpu}",
    "request_windows": "window_start_at: at, window_s: {constant: 60}, service: {constant: s}, "
    "request_count: a",
    "scalings": "requested_at: at, service: {constant: s}",
    "usage_windows": "window_start_at: at, product: {constant: p}, kind: {constant: requests}, "
    "count: {constant: 1}",
    "orders": "occurred_at: at, order_id: a, currency: {constant: GBP}, kind: {constant: sale}",
    "requests": "observed_at: at, service: {constant: s}",
}


@pytest.fixture
def compute(tmp_path: Path) -> Compute:
    """Return a function from a table, one more column of it and the cells a, b, c to its rows."""

    def read(entity: str, column: str, *cells: str) -> Collected:
        feeds = tmp_path / "feeds.yaml"
        feeds.write_text(
            f"organisation: {{name: x}}\nfeeds:\n  rows:\n    entity: {entity}\n"
            f"    files: '*.csv'\n    delimiter: ;\n    columns: {{{_FIXED[entity]}, {column}}}\n"
        )
        (tmp_path / "rows.csv").write_text(f"at;a;b;c\n{AT.isoformat()};{';'.join(cells)}\n")
        (feed,) = load_feeds(feeds, {}).feeds
        (found,) = find_files(feed)
        return read_feed_file(feed, found, now=NOW, organisation=load_feeds(feeds, {}).organisation)

    return read


@pytest.mark.parametrize(
    ("text", "marks", "value"),
    [
        ("1,234,567", 'thousands: ","', 1_234_567),
        ("-1,234.5", 'thousands: ","', -1_234.5),
        ("12", 'thousands: ","', 12),
        ("1.234,5", 'thousands: ".", decimal: ","', 1234.5),
        ("0,5", 'decimal: ","', 0.5),
        ("1 234", 'thousands: " "', 1234),
        ("1234.5e1", 'thousands: ","', 12_345),
    ],
)
def test_a_number_is_read_as_it_is_written(
    compute: Compute, text: str, marks: str, value: float
) -> None:
    rows = compute("resources", f"utilization_pct: {{from: a, {marks}}}", text, "", "").rows
    assert rows["utilization_pct"].to_list() == [value]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1,23", 'thousands: ","'),
        ("1234,567", 'thousands: ","'),
        ("1.23", 'thousands: ".", decimal: ","'),
        ("***", 'thousands: ","'),
    ],
)
def test_a_number_not_grouped_by_three_is_never_guessed(
    compute: Compute, text: str, marks: str
) -> None:
    (reason,) = compute(
        "resources", f"utilization_pct: {{from: a, {marks}}}", text, "", ""
    ).rejects["reason"]
    assert reason.startswith(f'a: "{text}" is not a number written like 1')


def test_grouped_money_is_exact(compute: Compute) -> None:
    rows = compute("orders", 'amount: {from: b, thousands: ","}', "1", "99,999,999,999.9999", "")
    assert str(rows.rows["amount"][0]) == "99999999999.9999"


@pytest.mark.parametrize(("code", "answer"), [("", "False"), ("-100", "True")])
def test_a_default_stands_where_there_is_no_value(compute: Compute, code: str, answer: str) -> None:
    column = "is_error: {from: b, values: {'-100': true}, default: false}"
    rows = compute("requests", column, "1", code, "").rows
    assert [str(value) for value in rows["is_error"]] == [answer]


def test_json_may_leave_out_what_has_a_default(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(f'{{"at": "{AT.isoformat()}"}}\n')
    (tmp_path / "feeds.yaml").write_text(
        "organisation: {name: x}\nfeeds:\n  rows:\n    entity: requests\n"
        "    files: rows.jsonl\n    columns: {observed_at: at, service: {constant: s},"
        " is_error: {from: error, match: {.: true}, default: false}}\n"
    )
    feeds = load_feeds(tmp_path / "feeds.yaml", {})
    (found,) = find_files(feeds.feeds[0])
    rows = read_feed_file(feeds.feeds[0], found, now=NOW, organisation=feeds.organisation).rows
    assert rows["is_error"].to_list() == [False]


def test_a_default_hides_no_value_that_cannot_be_read(compute: Compute) -> None:
    column = "is_error: {from: b, values: {'-100': true}, default: false}"
    assert compute("requests", column, "1", "7", "").rejects["rule"].to_list() == ["unknown_value"]


def test_a_term_may_be_arithmetic_again(compute: Compute) -> None:
    column = "utilization_pct: {ratio: [{difference: [a, b]}, a], unit: ratio}"
    assert compute("resources", column, "80", "20", "").rows["utilization_pct"].to_list() == [75.0]


def test_an_inner_division_by_zero_is_a_reject(compute: Compute) -> None:
    column = "utilization_pct: {product: [{ratio: [a, b]}, 100]}"
    assert compute("resources", column, "80", "0", "").rejects["reason"].to_list() == [
        'b: "0" divides by zero',
    ]


ERRORS = "error_count: {product: [a, {ratio: [{difference: [100, b]}, 100]}], default: 0}"


@given(st.integers(0, 1_000_000), st.data())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_count_survives_being_told_as_a_share(
    compute: Compute, requests: int, data: st.DataObject
) -> None:
    failed = data.draw(st.integers(0, requests))
    share = str(100 * (requests - failed) / requests) if requests else ""

    collected = compute("request_windows", ERRORS, str(requests), share, "")
    assert collected.rows["error_count"].to_list() == [failed]


def test_half_a_request_is_no_count(compute: Compute) -> None:
    assert compute("request_windows", ERRORS, "1", "50", "").rejects.height == 1


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        ("ready_at: {sum: [at, {from: a, unit: ms}]}", ("1500.25", "", ""), 1.50025),
        ("ready_at: {sum: [at, {from: a, unit: s}, {from: b, unit: min}]}", ("1", "2", ""), 121),
        ("ready_at: {sum: [at, {product: [a, b], unit: s}]}", ("3", "4", ""), 12),
        ("ready_at: {difference: [{time: at}, {from: a, unit: h}]}", ("1", "", ""), -3600),
        ("ready_at: {sum: [at, {from: a, unit: s, thousands: ','}]}", ("1,000", "", ""), 1000),
    ],
)
def test_a_time_and_durations_give_a_time(
    compute: Compute, column: str, cells: tuple[str, ...], expected: float
) -> None:
    rows = compute("scalings", column, *cells).rows
    assert rows["ready_at"].to_list() == [AT + timedelta(seconds=expected)]


def test_without_a_duration_there_is_no_time(compute: Compute) -> None:
    column = "ready_at: {sum: [at, {from: a, unit: ms}]}"
    assert compute("scalings", column, "", "", "").rows["ready_at"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("1e15", "future_time"), ("-1e13", "impossible_time"), ("1e300", "impossible_time")],
)
def test_a_time_that_cannot_be_is_a_reject(compute: Compute, text: str, rule: str) -> None:
    column = "ready_at: {sum: [at, {from: a, unit: ms}]}"
    assert compute("scalings", column, text, "", "").rejects["rule"].to_list() == [rule]


def test_two_times_give_a_duration_in_the_columns_unit(compute: Compute) -> None:
    ends = '{time: a, format: "%d/%m/%Y %H:%M", zone: Europe/London}'
    column = f"latency_ms: {{difference: [{ends}, {{time: at}}]}}, is_error: {{constant: false}}"
    rows = compute("requests", column, "01/03/2026 00:02", "", "").rows

    assert rows["latency_ms"].to_list() == [120_000.0]


def test_a_period_has_a_length(compute: Compute) -> None:
    quarter = "time: a, format: quarter, zone: UTC"
    column = f"window_s: {{difference: [{{{quarter}, at: end}}, {{{quarter}}}]}}"
    rows = compute("usage_windows", column, "2026-Q1", "", "").rows

    assert rows["window_s"].to_list() == [90 * 86_400.0]


@pytest.mark.parametrize(
    ("entity", "column", "expected"),
    [
        ("scalings", "ready_at: {sum: [at, a]}", "a duration with its unit"),
        ("scalings", "ready_at: {sum: [at, {from: a, unit: GB}]}", "one of ns, us, ms, s"),
        ("scalings", "ready_at: {product: [at, {from: a, unit: ms}]}", "sum or difference"),
        ("scalings", "ready_at: {sum: [{from: at}, {from: a, unit: s}]}", "a time: {time: column"),
        ("resources", "utilization_pct: {ratio: [{time: a}, {time: b}]}", "no times"),
        ("resources", "utilization_pct: {sum: [a, {ratio: [b]}]}", "a list of two terms"),
        ("resources", "utilization_pct: {sum: [a, {}]}", "exactly one of from, product"),
        ("resources", "utilization_pct: {sum: [a, true]}", "a column name, a number"),
        ("resources", "utilization_pct: {from: a, thousands: '.'}", "another sign"),
        ("resources", "utilization_pct: {from: a, decimal: ab}", "one sign such as , or ."),
        ("resources", "utilization_pct: {from: a, default: x}", "a value that fits"),
        ("scalings", "ready_at: {from: a, thousands: ','}", "no thousands"),
        ("scalings", "ready_at: {from: a, at: end}", "beside it a format of periods"),
        ("scalings", "ready_at: {from: a, format: month}", "a zone such as UTC"),
    ],
)
def test_what_makes_no_sense_is_a_fault_of_the_feed(
    compute: Compute, entity: str, column: str, expected: str
) -> None:
    with pytest.raises(FeedError) as raised:
        compute(entity, column, "", "", "")
    assert expected in str(raised.value)
