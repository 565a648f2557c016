"""Delta tables: exact file lists, and the four ways to write one in a single commit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.errors import LandingError
from anfl_assets.store import lake

JAN, FEB, MAR = date(2026, 1, 20), date(2026, 2, 3), date(2026, 3, 1)
SCHEMA = pl.Schema(
    {
        "at": pl.Datetime("us", "UTC"),
        "amount": pl.Decimal(18, 4),
        "counts": pl.List(pl.Int64()),
        "date": pl.Date(),
        "month": pl.Date(),
    }
)


def rows(*days: date, amount: str = "1.2345") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "at": [datetime(day.year, day.month, day.day, 10, tzinfo=UTC) for day in days],
            "amount": [Decimal(amount) for _ in days],
            "counts": [[1, 2] for _ in days],
            "date": days,
            "month": [day.replace(day=1) for day in days],
        },
        schema=SCHEMA,
    )


def days_of(path: Path) -> list[date]:
    found = lake.read(path)
    assert found is not None
    return sorted(found["date"])


def test_a_table_never_written_is_none_and_has_no_files(tmp_path: Path) -> None:
    assert lake.open_table(tmp_path) is None
    assert lake.version(tmp_path) is None
    assert lake.read(tmp_path) is None
    assert lake.files(tmp_path) == []
    assert lake.find_commit(tmp_path, "landing_id") is None
    assert lake.compact(tmp_path, metadata={}) == 0


@pytest.mark.parametrize("name", ["a\u2028b", "a\x85b", "a\x1cb", "a\r\nb", "\u202eb"])
def test_a_text_that_breaks_lines_is_appended_as_it_is(tmp_path: Path, name: str) -> None:
    made = rows(JAN).with_columns(name=pl.lit(name))
    lake.append(tmp_path, made, metadata={})
    found = lake.read(tmp_path)
    assert found is not None
    assert found["name"].to_list() == [name]


def test_what_is_appended_comes_back_with_its_types(tmp_path: Path) -> None:
    assert lake.append(tmp_path, rows(JAN), metadata={}) == 0
    assert lake.append(tmp_path, rows(FEB), metadata={}) == 1
    found = lake.read(tmp_path)
    assert found is not None
    assert found.schema == SCHEMA
    assert found.sort("date").equals(rows(JAN, FEB))


def test_a_stream_is_written_as_one_commit(tmp_path: Path) -> None:
    stream = lake.Stream(SCHEMA, (rows(day) for day in (JAN, FEB, MAR)))
    assert lake.append(tmp_path, stream, metadata={}) == 0
    assert days_of(tmp_path) == [JAN, FEB, MAR]


def test_only_files_that_may_hold_a_date_are_listed(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN, JAN + timedelta(days=5), FEB, MAR), metadata={})
    assert len(lake.files(tmp_path)) == 3
    assert len(lake.files(tmp_path, {FEB})) == 1
    assert len(lake.files(tmp_path, {JAN, MAR})) == 2
    assert len(lake.files(tmp_path, {JAN + timedelta(days=2)})) == 1
    assert lake.files(tmp_path, {date(2025, 1, 1), date(2027, 1, 1)}) == []
    assert lake.files(tmp_path, set()) == []


def test_reading_dates_gives_those_dates_only(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN, JAN + timedelta(days=5), FEB), metadata={})
    found = lake.read(tmp_path, {JAN})
    assert found is not None
    assert found["date"].to_list() == [JAN]
    nothing = lake.read(tmp_path, {MAR})
    assert nothing is not None
    assert (nothing.height, nothing.schema) == (0, SCHEMA)


def test_replacing_dates_leaves_the_others_and_empties_those_without_rows(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN, JAN + timedelta(days=1), FEB, MAR), metadata={})
    version = lake.replace_dates(
        tmp_path, rows(JAN, JAN, amount="9"), dates={JAN, MAR}, metadata={"build_id": "b1"}
    )
    assert version == 1
    assert days_of(tmp_path) == [JAN, JAN, JAN + timedelta(days=1), FEB]


def test_replacing_with_a_row_of_another_date_is_refused(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN), metadata={})
    with pytest.raises(LandingError):
        lake.replace_dates(tmp_path, rows(FEB), dates={JAN}, metadata={})
    assert days_of(tmp_path) == [JAN]


def test_overwriting_may_change_the_columns_even_to_no_rows(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN), metadata={})
    lake.overwrite(tmp_path, rows(JAN).with_columns(note=pl.lit("x")), metadata={})
    lake.overwrite(tmp_path, rows().with_columns(note=pl.lit("x")), metadata={})
    found = lake.read(tmp_path)
    assert found is not None
    assert (found.height, found.columns[-1]) == (0, "note")


def test_a_table_without_dates_is_kept_in_one_piece(tmp_path: Path) -> None:
    metrics = pl.DataFrame({"metric_id": ["uptime", "revenue"]})
    lake.overwrite(tmp_path, metrics, metadata={})
    found = lake.read(tmp_path)
    assert found is not None
    assert found["metric_id"].sort().to_list() == ["revenue", "uptime"]
    assert len(lake.files(tmp_path, {JAN})) == 1


def test_an_old_version_stays_readable_after_later_commits(tmp_path: Path) -> None:
    first = lake.append(tmp_path, rows(JAN), metadata={})
    lake.replace_dates(tmp_path, rows(), dates={JAN}, metadata={})
    found = lake.read(tmp_path, version=first)
    assert found is not None
    assert found["date"].to_list() == [JAN]


def test_a_commit_is_found_by_its_metadata(tmp_path: Path) -> None:
    lake.append(tmp_path, rows(JAN), metadata={"landing_id": "one"})
    lake.append(tmp_path, rows(FEB), metadata={"landing_id": "two"})
    newest = lake.find_commit(tmp_path, "landing_id")
    oldest = lake.find_commit(tmp_path, "landing_id", "one")
    assert newest is not None
    assert oldest is not None
    assert (newest["landing_id"], newest["version"], oldest["version"]) == ("two", 1, 0)
    assert lake.find_commit(tmp_path, "landing_id", "three") is None


def test_compacting_changes_files_and_no_row(tmp_path: Path) -> None:
    for day in range(1, 6):
        lake.append(tmp_path, rows(date(2026, 1, day)), metadata={})
    assert lake.compact(tmp_path, metadata={}) == 5
    assert len(lake.files(tmp_path)) == 1
    assert len(days_of(tmp_path)) == 5
    assert lake.vacuum(tmp_path, retention_h=0) == 5
    assert len(days_of(tmp_path)) == 5
