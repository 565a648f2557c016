"""Hundreds of small commits leave few files, little log, and every row.

`ANFL_SMALL_COMMITS` says how many (default 120, a few seconds).
"""

import os
from datetime import date
from pathlib import Path

import polars as pl

from anfl_assets.store import lake
from anfl_assets.store.tidy import RAW, Upkeep, tidy

COMMITS = int(os.environ.get("ANFL_SMALL_COMMITS", "120"))
_DAY = date(2026, 3, 1)


def commit(path: Path, number: int, rows: int = 1) -> None:
    row = pl.DataFrame({"date": [_DAY] * rows, "month": [_DAY] * rows, "number": [number] * rows})
    lake.append(path, row, metadata={"landing_id": str(number)})


def test_small_commits_leave_few_files_and_every_row(tmp_path: Path) -> None:
    # What stays two hours stays not at all here: a test cannot wait for it.
    upkeep = Upkeep(retention_h=0, small_files=16, small_bytes=16 << 20, log_h=0)
    for number in range(COMMITS):
        commit(tmp_path, number)
        tidy(tmp_path, upkeep, metadata={})
    assert len(lake.files(tmp_path)) <= 17
    assert len(list(tmp_path.rglob("*.parquet"))) <= 60
    assert len(list(tmp_path.rglob("*.json"))) <= 60
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_000_000
    rows = lake.read(tmp_path)
    assert rows is not None
    assert sorted(rows["number"]) == list(range(COMMITS))


def test_the_newest_commits_can_be_found_after_tidying(tmp_path: Path) -> None:
    for number in range(20):
        commit(tmp_path, number)
    tidy(tmp_path, RAW, metadata={})
    assert lake.find_commit(tmp_path, "landing_id", "19") is not None
    assert lake.find_commit(tmp_path, "landing_id", "3") is not None


def test_files_that_have_grown_are_not_written_again(tmp_path: Path) -> None:
    for number in range(4):
        commit(tmp_path, number)
    before = lake.file_sizes(tmp_path)
    grown = Upkeep(retention_h=2, small_files=2, small_bytes=min(before.values()), log_h=2)
    tidy(tmp_path, grown, metadata={})
    assert lake.file_sizes(tmp_path) == before
    small = Upkeep(retention_h=2, small_files=2, small_bytes=1 << 20, log_h=2)
    tidy(tmp_path, small, metadata={})
    assert len(lake.file_sizes(tmp_path)) == 1
