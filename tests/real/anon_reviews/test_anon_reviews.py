"""Real data: four years of ratings, some of them impossible (specification §1: satisfaction)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from anfl_assets.store.ledger import open_ledger
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("anon_reviews")


def test_every_line_is_accepted_or_quarantined(folder: Folder) -> None:
    assert counts(folder.landed["reviews"]) == (135_347, 135_270, 77, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_each_rating_of_0_is_quarantined_with_its_line_and_reason(folder: Folder) -> None:
    with open_ledger(folder.workspace) as ledger:
        rows = ledger.quarantined(feed="reviews")
    assert len(rows) == 77
    assert {row["rule"] for row in rows} == {"score_is_not_below_its_scale"}
    assert {row["reason"] for row in rows} == {"score is below its scale"}
    truth = folder.truth(
        "select row_number() over () + 1 as line, rating "
        "from read_csv({anonreviews.csv.gz}, parallel = false) qualify rating = 0 order by line"
    )
    assert [(row["line"], 0) for row in rows] == truth


def test_the_mean_of_all_answers_is_known(folder: Folder) -> None:
    (whole,) = folder.rows(
        "select sum(score_sum) / sum(answer_count) as mean, sum(answer_count)::bigint as answers "
        "from {int_customer__score_days} where segment = 'all'"
    )
    assert whole["mean"] == pytest.approx(4.7044, abs=0.00005)
    assert whole["answers"] == 135_270


def test_the_last_thirty_days_are_those_of_the_file(folder: Folder) -> None:
    row = folder.board()["satisfaction", "all"]
    ((mean, answers),) = folder.truth(
        "select avg(rating), count(*) from read_csv({anonreviews.csv.gz}) "
        "where rating > 0 and date >= timestamp '2008-01-25'"
    )
    assert (row.window_start_at, row.window_end_at) == (
        datetime(2008, 1, 25, tzinfo=UTC),
        datetime(2008, 2, 24, tzinfo=UTC),
    )
    assert row.value == pytest.approx(mean, abs=1e-9)
    assert (row.status, row.sample_count) == ("on_target", answers)
