"""Tidying a table: few files afterwards, the same rows, and no reader disturbed."""

from datetime import date
from pathlib import Path

import polars as pl

from anfl_assets.store import lake
from anfl_assets.store.tidy import MARTS, Upkeep, tidy

DAY, MONTH = date(2026, 3, 1), date(2026, 3, 1)


def commit(path: Path, number: int) -> None:
    row = {"date": [DAY], "month": [MONTH], "number": [number]}
    lake.append(path, pl.DataFrame(row), metadata={})


def numbers(path: Path, *, version: int | None = None) -> list[int]:
    rows = lake.read(path, version=version)
    assert rows is not None
    return sorted(rows["number"])


def test_a_table_of_many_small_files_becomes_one_with_the_same_rows(tmp_path: Path) -> None:
    for number in range(9):
        commit(tmp_path, number)
    version = tidy(tmp_path, metadata={"tidied_after": "test"})
    assert version == 9
    assert len(lake.files(tmp_path)) == 1
    assert numbers(tmp_path) == list(range(9))


def test_an_older_version_stays_readable_after_it(tmp_path: Path) -> None:
    for number in range(9):
        commit(tmp_path, number)
    tidy(tmp_path, metadata={})
    assert numbers(tmp_path, version=3) == [0, 1, 2, 3]


def test_a_table_of_few_files_is_left_alone(tmp_path: Path) -> None:
    for number in range(8):
        commit(tmp_path, number)
    assert tidy(tmp_path, metadata={}) == 7
    assert len(lake.files(tmp_path)) == 8


def test_a_table_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert tidy(tmp_path / "none", metadata={}) is None


def test_what_replaced_days_leave_behind_goes_though_there_is_nothing_to_compact(
    tmp_path: Path,
) -> None:
    upkeep = Upkeep(retention_h=0, vacuum_every=4)
    on_disk = []
    for number in range(12):
        row = {"date": [DAY], "month": [MONTH], "number": [number]}
        lake.replace_dates(tmp_path, pl.DataFrame(row), dates=[DAY], metadata={})
        version = tidy(tmp_path, upkeep, metadata={})
        assert version == lake.version(tmp_path)
        on_disk.append(len(list(tmp_path.rglob("*.parquet"))))
    assert max(on_disk) <= 5
    assert numbers(tmp_path) == [11]


def test_what_was_replaced_stays_a_day_for_readers(tmp_path: Path) -> None:
    for number in range(13):
        row = {"date": [DAY], "month": [MONTH], "number": [number]}
        lake.replace_dates(tmp_path, pl.DataFrame(row), dates=[DAY], metadata={})
        tidy(tmp_path, MARTS, metadata={})
    assert numbers(tmp_path, version=3) == [3]
