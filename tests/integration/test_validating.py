"""Rows are split as their suite says, and Great Expectations agrees with the reasons given."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from anfl_assets.frames import TABLES
from anfl_assets.quality import rules
from anfl_assets.quality.expect import run_suite
from anfl_assets.quality.suites import load_suite
from anfl_assets.quality.validate import Validated, validate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)

# For each type a value no rule objects to, then values some rule may object to.
_TIMES = [EARLIER, NOW + timedelta(days=1), datetime(1969, 1, 1, tzinfo=UTC), None, NOW]
_DAYS = [date(2026, 1, 1), date(2027, 1, 1), date(1800, 1, 1), None, date(2025, 12, 31)]
_NUMBERS = [1.0, -1.0, 1e9, None, float("nan"), 0.0, 150.0]
_COUNTS = [1, -1, 600, None, 0, 99, 2**53 + 1, 2**53]
_TEXTS = ["cpu", "sale", "GBP", "GBP\n", "ÄÖÜ", None, "", "new_users", "all", "nonsense"]
_LISTS = [[1], [], [1, 2], None]


def messy(entity: str, height: int = 420) -> pl.DataFrame:
    """Every combination of good and bad values that the cycles' different lengths give."""
    columns = {}
    for position, column in enumerate(TABLES[entity].columns):
        values = _values(column.dtype)
        columns[column.name] = pl.Series(
            [values[(row + position * row // 7) % len(values)] for row in range(height)],
            dtype=column.dtype,
            strict=False,
        )
    return pl.DataFrame(columns).with_columns(
        line=pl.int_range(2, height + 2, dtype=pl.Int64),
        load=pl.lit(0, pl.Int64),
        row_key=pl.lit(None, pl.String),
    )


def _values(dtype: pl.DataType) -> list[object]:
    if isinstance(dtype, pl.Datetime):
        return list(_TIMES)
    if isinstance(dtype, pl.List):
        return list(_LISTS)
    if dtype == pl.Date:
        return list(_DAYS)
    if dtype == pl.Boolean:
        return [True, False, None]
    if dtype.is_float():
        return list(_NUMBERS)
    return list(_TEXTS) if dtype == pl.String else list(_COUNTS)


def requests(**columns: list[object]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    rows = {
        "observed_at": [EARLIER] * height,
        "service": ["search"] * height,
        "latency_ms": [5.0] * height,
        "is_error": [False] * height,
        "line": list(range(2, height + 2)),
        "load": [0] * height,
        **columns,
    }
    schema = {**TABLES["requests"].schema, "line": pl.Int64(), "load": pl.Int64()}
    return pl.DataFrame(rows, schema=schema)


def rejected(validated: Validated) -> list[tuple[int, str, str]]:
    return validated.rejected.select("line", "rule", "reason").rows()


@pytest.mark.parametrize("entity", list(TABLES))
def test_great_expectations_counts_the_rows_the_reasons_name(entity: str) -> None:
    suite, given = load_suite(entity), rules.parameters(NOW)
    frame = rules.projected(messy(entity), suite)
    named = {
        item.rule: frame.select(rules.breaks(item, given).sum()).item()
        for item in suite.expectations
    }
    assert {
        result.rule: result.unexpected_count for result in run_suite(suite, frame, given=given)
    } == named
    assert sum(named.values()) > 0


@pytest.mark.parametrize("entity", list(TABLES))
def test_what_is_received_is_accepted_or_rejected(entity: str) -> None:
    rows = messy(entity)
    validated = validate(entity, rows, now=NOW)
    assert validated.accepted.height + validated.rejected.height == rows.height
    assert validated.accepted.schema == rows.schema
    lines = pl.concat([validated.accepted["line"], validated.rejected["line"]])
    assert lines.sort().to_list() == rows["line"].to_list()


def test_a_negative_latency_is_rejected_with_its_line_and_reason() -> None:
    validated = validate("requests", requests(latency_ms=[5.0, -1.0, None]), now=NOW)
    assert rejected(validated) == [(3, "latency_ms_is_never_negative", "latency_ms is negative")]
    assert validated.accepted["line"].to_list() == [2, 4]


def test_a_part_that_calls_itself_the_whole_is_rejected() -> None:
    reason = "service is 'all', which names the whole here; map it to another name"
    found = validate("requests", requests(service=["search", "all", "ALL"]), now=NOW)
    assert rejected(found) == [(3, "service_is_not_the_whole", reason)]


def test_a_row_with_two_faults_is_rejected_once_with_both() -> None:
    rows = requests(latency_ms=[5.0, -1.0, 5.0], observed_at=[EARLIER, _TIMES[1], EARLIER])
    assert rejected(validate("requests", rows, now=NOW)) == [
        (
            3,
            "observed_at_is_not_in_the_future; latency_ms_is_never_negative",
            "observed_at is in the future; latency_ms is negative",
        )
    ]


def test_a_clock_ten_minutes_ahead_is_believed() -> None:
    rows = requests(observed_at=[NOW + timedelta(minutes=10), NOW + timedelta(minutes=11)])
    assert validate("requests", rows, now=NOW).accepted["line"].to_list() == [2]


def test_a_load_mostly_without_a_service_is_rejected_whole() -> None:
    rows = requests(service=[None, None, "search", "search"], load=[0, 0, 0, 1])
    validated = validate("requests", rows, now=NOW)
    assert validated.blocked == {0: "more than half of the rows have no service"}
    assert validated.accepted["line"].to_list() == [5]
    assert {reason for _, _, reason in rejected(validated)} == {
        "whole load rejected: more than half of the rows have no service"
    }


def test_no_rows_are_nothing_to_judge() -> None:
    validated = validate("requests", requests(latency_ms=[]), now=NOW)
    assert (validated.accepted.height, validated.rejected.height, validated.results) == (0, 0, ())


def test_the_body_of_a_rejected_row_is_its_canonical_columns() -> None:
    validated = validate("requests", requests(latency_ms=[-1.0, 5.0]), now=NOW)
    assert validated.rejected["body"].to_list() == [
        (
            '{"observed_at":"2026-03-01T11:00:00+00:00","service":"search","latency_ms":-1.0,'
            '"is_error":false}'
        )
    ]


def test_results_carry_counts_and_no_values() -> None:
    rows = requests(latency_ms=[-1.0, 5.0, None, 7.0])
    by_rule = {result.rule: result for result in validate("requests", rows, now=NOW).results}
    result = by_rule["latency_ms_is_never_negative"]
    assert (result.success, result.element_count, result.unexpected_count) == (False, 4, 1)
    assert result.unexpected_pct == pytest.approx(100 / 3)
    assert result.kwargs == {"column": "latency_ms", "min_value": 0}
    assert by_rule["service_is_mostly_present"].success
