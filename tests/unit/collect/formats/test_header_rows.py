"""`header_rows`: several lines that together are the header of a CSV file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]

COLUMNS = {
    "observed_at": Read("service|metric|time"),
    "service": Constant("api"),
    "latency_ms": Read("api|p95"),
    "is_error": Constant(value=False),
}
AT = "2026-03-01T00:00:00Z"


def test_cells_of_the_header_are_joined_and_the_first_row_keeps_its_line(collect: Collect) -> None:
    content = f'service,api,"api"\n\nmetric,p50,p95\ntime,,\n{AT},1,2\n'
    rows = collect(content, columns=COLUMNS, header_rows=3).rows

    assert rows.select("latency_ms", "line").rows() == [(2.0, 5)]


def test_header_lines_of_unequal_length_are_filled_with_nothing(collect: Collect) -> None:
    content = f"service,api,api\nmetric,p50,p95\ntime\n{AT},1,2\n"

    assert collect(content, columns=COLUMNS, header_rows=3).rows.height == 1


def test_a_file_shorter_than_its_header_is_refused(collect: Collect) -> None:
    with pytest.raises(SourceError, match=r"2 lines; the feed says that 3 are the header"):
        collect("service,api\nmetric,p95\n", columns=COLUMNS, header_rows=3)


def test_a_file_of_blank_lines_is_empty(collect: Collect) -> None:
    assert collect("\n\n", columns=COLUMNS, header_rows=3).received == 0
