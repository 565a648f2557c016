"""Real data: Uber's share of New York City's rides (specification §1: market_share)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real

MARKET = "New York City rides"
END_OF_2016 = datetime(2017, 1, 1, tzinfo=UTC)
END_OF_2017 = datetime(2018, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("nyc_ridehail")


def test_every_row_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert counts(folder.landed["trips"]) == (10_356, 10_356, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_every_quarter_holds_what_plain_sql_finds_in_the_file(folder: Folder) -> None:
    published = folder.rows(
        "select date, our_amount::bigint as ours, whole_amount::bigint as whole "
        "from {int_growth__market_quarters} order by date"
    )
    truth = folder.truth(
        "select last_day((date_trunc('quarter', date) + interval 2 month)::date) as date, "
        "coalesce(sum(trips) filter (car_type = 'Uber'), 0)::bigint, sum(trips)::bigint "
        "from read_csv({daily_trips_total_by_company.csv}, nullstr = 'NA') "
        "group by all order by date"
    )
    assert [tuple(row.values()) for row in published] == truth
    assert len(truth) == 36


def test_both_groupings_of_uber_are_uber(folder: Folder) -> None:
    shares = folder.observed("market_share", "quarter")
    before = shares[MARKET, datetime(2014, 7, 1, tzinfo=UTC)]
    assert before["numerator"] == pytest.approx(3.83, abs=0.005)


def test_ubers_share_of_two_fourth_quarters_is_known(folder: Folder) -> None:
    shares = folder.observed("market_share", "quarter")
    assert shares[MARKET, END_OF_2016]["numerator"] == pytest.approx(29.48, abs=0.005)
    assert shares[MARKET, END_OF_2017]["numerator"] == pytest.approx(37.54, abs=0.005)
    assert shares[MARKET, END_OF_2017]["denominator"] == shares[MARKET, END_OF_2016]["numerator"]


def test_the_board_judges_the_growth_of_the_share_on_the_year_before(folder: Folder) -> None:
    row = folder.board()["market_share", MARKET]
    assert (row.status, row.window_end_at, row.grain) == ("on_target", END_OF_2017, "quarter")
    # +27.3 % from the rounded shares above, 27.36 % from the trips themselves
    assert row.value == pytest.approx(27.36, abs=0.005)
