"""Rows held to their rules one by one: the same rules and words as when validated."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from anfl_assets.collect.collected import rows_schema
from anfl_assets.frames import TABLES
from anfl_assets.quality.judge_rows import broken_rules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SCHEMA = rows_schema("resources")


def sample(*, at: datetime | None = NOW, pct: float = 50.0) -> dict[str, object]:
    return {"observed_at": at, "host": "h", "resource": "cpu", "utilization_pct": pct, "line": 1}


def test_each_broken_rule_of_a_row_is_named_with_its_reason() -> None:
    rows = pl.DataFrame(
        [sample(), sample(at=NOW + timedelta(hours=1), pct=-1.0), sample(at=None)], schema=_SCHEMA
    )
    told = broken_rules("resources", rows, now=NOW)
    assert told["rule"][0] is None
    assert told["rule"][1].count(";") == 1
    assert "observed_at is in the future" in told["reason"][1]
    assert told.row(2) == ("observed_at_is_present", "observed_at is missing")


def test_rows_that_keep_every_rule_are_given_back_without_a_word() -> None:
    told = broken_rules("resources", pl.DataFrame([sample()] * 2, schema=_SCHEMA), now=NOW)
    assert told.rows() == [(None, None), (None, None)]


@pytest.mark.parametrize("entity", TABLES)
def test_every_table_can_be_judged_without_a_row(entity: str) -> None:
    empty = pl.DataFrame(schema=rows_schema(entity))
    assert broken_rules(entity, empty, now=NOW).shape == (0, 2)
