"""Real data: a table of 183 columns, a quarter each (specification §1: feature adoption)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from anfl_assets.store.ledger import open_ledger
from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real

MONTHS = {"Jan": 1, "Apr": 4, "Jul": 7, "Oct": 10}
QUARTER = re.compile(r"(Total|Digital) transactions\n(\w{3}) - \w{3} (\d{4})")
Numbers = dict[tuple[str, datetime], int]


def _numbers(folder: Folder) -> tuple[Numbers, Numbers]:
    """Return all and digital transactions by service and first day of the quarter."""
    found: dict[str, Numbers] = {"Total": {}, "Digital": {}}
    with (folder.raw / "services.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                match = QUARTER.fullmatch(name)
                if match and value and value != "-":
                    start = datetime(int(match[3]), MONTHS[match[2]], 1, tzinfo=UTC)
                    found[match[1]][row["Slug"], start] = int(value.replace(",", ""))
    return found["Total"], found["Digital"]


def _landed(folder: Folder, feed: str) -> pl.DataFrame:
    return landed_rows(folder, "usage_windows").filter(pl.col("feed") == feed)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("govuk_services")


def test_every_quarter_that_tells_both_numbers_is_received(folder: Folder) -> None:
    whole, digital = _numbers(folder)
    assert counts(folder.landed["take_up"]) == (8_790, 8_768, 22, 0)
    assert counts(folder.landed["volumes"]) == (11_938, 11_938, 0, 0)
    assert (len(whole.keys() & digital.keys()), len(whole)) == (8_790, 11_938)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_more_digital_transactions_than_transactions_are_refused(folder: Folder) -> None:
    whole, digital = _numbers(folder)
    with open_ledger(folder.workspace) as ledger:
        rows = ledger.quarantined(feed="take_up")
    impossible = [key for key in digital if key in whole and digital[key] > whole[key]]
    assert len(rows) == len(impossible) == 22
    assert {row["reason"] for row in rows} == {"count is above of_count"}


def test_every_number_stands_in_its_quarter(folder: Folder) -> None:
    whole, digital = _numbers(folder)
    volumes = _landed(folder, "volumes").select("product", "window_start_at", "count")
    take_up = _landed(folder, "take_up").select("product", "window_start_at", "count", "of_count")
    assert {(slug, at): int(count) for slug, at, count in volumes.iter_rows()} == whole
    pairs = {(slug, at): (count, of_count) for slug, at, count, of_count in take_up.iter_rows()}
    assert pairs == {key: (digital[key], whole[key]) for key in pairs}
    assert len(pairs) == 8_768


def test_a_window_is_as_long_as_its_quarter(folder: Folder) -> None:
    days = _landed(folder, "volumes").select(
        pl.col("window_start_at").dt.month(), pl.col("window_s") / 86_400
    )
    # the first quarter of 2016 had a leap day
    assert set(days.iter_rows()) == {(1, 90.0), (1, 91.0), (4, 91.0), (7, 92.0), (10, 92.0)}


def test_take_up_of_the_last_quarter_is_that_of_the_file(folder: Folder) -> None:
    whole, digital = _numbers(folder)
    last = datetime(2017, 7, 1, tzinfo=UTC)
    told = [key for key in digital if key[1] == last and key in whole]
    told = [key for key in told if digital[key] <= whole[key]]
    share = 100 * sum(digital[key] for key in told) / sum(whole[key] for key in told)
    row = folder.board()["feature_adoption", "all"]
    assert row.value == pytest.approx(share, rel=1e-12)
