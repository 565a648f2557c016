"""Each table's suite demands what its columns demand, and reads no other column."""

import pytest

from anfl_assets.frames import TABLES
from anfl_assets.quality.suites import load_suite


@pytest.mark.parametrize("entity", list(TABLES))
def test_every_column_that_may_not_be_null_is_demanded(entity: str) -> None:
    demanded = {
        item.kwargs["column"]
        for item in load_suite(entity).expectations
        if item.type == "expect_column_values_to_not_be_null" and item.mostly == 1.0
    }
    assert demanded == {column.name for column in TABLES[entity].columns if not column.is_nullable}


@pytest.mark.parametrize("entity", list(TABLES))
def test_every_suite_reads_only_columns_of_its_table(entity: str) -> None:
    known = {column.name for column in TABLES[entity].columns}
    assert {name.removesuffix("__length") for name in load_suite(entity).columns} <= known
