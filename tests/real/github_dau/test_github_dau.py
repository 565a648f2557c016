"""Real data: GitHub's daily active users (specification §1: adoption)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from anfl_assets.store import lake
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("github_dau")


def days(folder: Folder) -> pl.DataFrame:
    rows = lake.read(folder.workspace.table_path("usage_windows"))
    assert rows is not None
    return rows.sort("date")


def test_both_files_are_one_series_without_a_gap(folder: Folder) -> None:
    assert counts(folder.landed["active_users"]) == (2_739, 2_739, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())
    found = days(folder)["date"].to_list()
    assert (found[0], found[-1]) == (date(2011, 3, 1), date(2018, 8, 31))
    # 2018-06-01 and on: the second file goes on the day after the first ends
    assert (found[-1] - found[0]).days + 1 - len(found) == 2_741 - 2_739


def test_every_day_has_the_users_the_files_say(folder: Folder) -> None:
    truth = folder.truth(
        "select date::date, count::double from read_csv([{github_dau_2011-2018_train.csv}, "
        "{github_dau_2011-2018_test.csv}]) order by date"
    )
    assert days(folder).select("date", "count").rows() == truth
    assert sum(users for _, users in truth) == 136_021_906 + 73_052_710


def test_active_users_alone_say_nothing_about_new_ones(folder: Folder) -> None:
    row = folder.board()["user_adoption", "all"]
    assert (row.status, row.value) == ("no_data", None)
