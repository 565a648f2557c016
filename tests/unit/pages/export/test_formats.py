"""CSV that a spreadsheet takes for text, not for formulas."""

import csv
import io
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.pages.export.formats import csv_of


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\rx", "|calc"], ids=repr
)
def test_what_a_spreadsheet_would_compute_begins_with_an_apostrophe(text: str) -> None:
    [_, line] = csv_of(pl.DataFrame({"name": [text]}), has_header=True).decode().split("\n", 1)
    assert line.lstrip('"').startswith("'")


@given(st.text(max_size=12))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    written = csv_of(pl.DataFrame({"name": [text]}), has_header=True).decode()
    _, *rows = csv.reader(io.StringIO(written, newline=""))
    cell = "".join(rows[0]) if rows else ""
    assert cell.strip()[:1] not in set("=+-@|")


def test_numbers_times_lists_and_nothing_are_plain() -> None:
    frame = pl.DataFrame(
        {
            "at": [datetime(2026, 11, 23, 14, 5, tzinfo=UTC)],
            "value": [-1234.5],
            "missing": pl.Series([None], dtype=pl.Float64()),
            "parts": [[1, 2]],
        }
    )
    assert csv_of(frame, has_header=True).decode() == (
        'at,value,missing,parts\n2026-11-23T14:05:00Z,-1234.5,,"[1,2]"\n'
    )
