"""Real data: four counts of the economies of the world (specification §1: market_share)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real

MARKETS = ("developers", "git_pushes", "organizations", "repositories")
QUARTERS = """
    select
        last_day(make_date(year, 3 * quarter, 1)) as date,
        sum(MARKET) filter (iso2_code = 'IN')::bigint,
        sum(MARKET)::bigint
    from read_csv({MARKET.csv})
    where iso2_code <> 'EU'
    group by all
    order by date
"""
MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
END = datetime(2025, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("innovationgraph")


def test_every_economy_is_accepted_and_the_union_is_left_out(folder: Folder) -> None:
    assert {name: counts(report) for name, report in folder.landed.items()} == {
        "developers": (5_174, 5_174, 0, 0),
        "git_pushes": (3_975, 3_975, 0, 0),
        "organizations": (4_157, 4_157, 0, 0),
        "repositories": (5_150, 5_150, 0, 0),
    }
    assert (folder.built.status, folder.built.failures) == ("published", ())
    assert "EU" not in set(landed_rows(folder, "market_sizes")["company"])


@pytest.mark.parametrize("market", MARKETS)
def test_every_quarter_sums_to_what_sql_finds_without_the_union(
    folder: Folder, market: str
) -> None:
    rows = folder.rows(
        "select market, date, our_amount::bigint as ours, whole_amount::bigint as whole "
        "from {int_growth__market_quarters} order by date"
    )
    truth = folder.truth(QUARTERS.replace("MARKET", market))
    assert [tuple(row.values())[1:] for row in rows if row["market"] == market] == truth
    assert len(truth) == 23


def test_a_period_ends_on_the_last_day_of_its_quarter(folder: Folder) -> None:
    periods = landed_rows(folder, "market_sizes").select("period_start_on", "period_end_on")
    days = {(f"{start:%m-%d}", f"{end:%m-%d}") for start, end in periods.iter_rows()}
    assert days == {
        ("01-01", "03-31"),
        ("04-01", "06-30"),
        ("07-01", "09-30"),
        ("10-01", "12-31"),
    }


def test_the_unions_count_is_about_that_of_its_members(folder: Folder) -> None:
    # why it is left out: with it, its members would count twice
    ((union,),) = folder.truth(
        "select developers from read_csv({developers.csv}) "
        "where iso2_code = 'EU' and year = 2025 and quarter = 3"
    )
    members = MEMBERS.split()
    of_members = landed_rows(folder, "market_sizes").filter(
        pl.col("company").is_in(members),
        pl.col("market") == "developers",
        pl.col("period_end_on") == pl.date(2025, 9, 30),
    )
    assert of_members["amount"].sum() == pytest.approx(union, rel=0.01)


@pytest.mark.parametrize(
    ("market", "growth"),
    [
        ("developers", 6.1016),
        ("git_pushes", 14.6396),
        ("organizations", 2.5078),
        ("repositories", 10.1370),
    ],
)
def test_indias_share_grows_as_the_files_say(folder: Folder, market: str, growth: float) -> None:
    shares = {
        day: ours / whole for day, ours, whole in folder.truth(QUARTERS.replace("MARKET", market))
    }
    now, before = shares[date(2025, 9, 30)], shares[date(2024, 9, 30)]
    row = folder.board()["market_share", market]
    assert row.window_end_at == END
    assert row.value == pytest.approx(100 * (now / before - 1), rel=1e-9)
    assert row.value == pytest.approx(growth, abs=0.00005)
