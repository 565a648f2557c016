"""Real data: ratings of airport lounges, their authors masked (specification §1: satisfaction)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import polars as pl
import pytest

from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("skytrax_lounge")


@pytest.fixture(scope="module")
def reviews(folder: Folder) -> list[dict[str, str]]:
    with (folder.raw / "lounge.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def responses(folder: Folder) -> pl.DataFrame:
    rows = lake.read(folder.workspace.table_path("responses"))
    assert rows is not None
    return rows


def test_every_review_is_on_one_scale_and_those_without_a_rating_are_set_aside(
    folder: Folder, reviews: list[dict[str, str]]
) -> None:
    unrated = [review for review in reviews if not review["overall_rating"]]
    late = [review for review in reviews if review["date"] >= "2015-06-09"]
    assert (len(reviews), len(unrated), len(late)) == (2_264, 5, 119)
    assert counts(folder.landed["of_five"]) == (2_145, 2_140, 5, 0)
    assert counts(folder.landed["of_ten"]) == (119, 119, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())
    with open_ledger(folder.workspace) as ledger:
        assert {row["rule"] for row in ledger.quarantined()} == {"score_is_present"}


def test_the_scale_changes_where_the_first_rating_above_five_is(
    reviews: list[dict[str, str]],
) -> None:
    above = [review["date"] for review in reviews if float(review["overall_rating"] or 0) > 5]
    assert (min(above), len(above)) == ("2015-06-09", 67)


def test_satisfaction_of_thirty_days_is_the_mean_on_one_to_five(folder: Folder) -> None:
    ours = {
        row["window_end_at"].date(): row["value"]
        for (subject, _), row in folder.observed("satisfaction", "30 days").items()
        if subject == "all"
    }
    truth = dict(
        folder.truth(
            """
            with scores as (
                select
                    date::date as day,
                    if(date::date < date '2015-06-09', overall_rating,
                        1 + 4 * (overall_rating - 1) / 9) as score
                from read_csv({lounge.csv}, header = true, quote = '"', escape = '"')
                where overall_rating is not null
            ),
            ends as (select distinct day + 1 as end_on from scores)
            select end_on, avg(score) from ends
            join scores on day < end_on and day >= end_on - 30
            group by end_on having count(*) >= 5
            """
        )
    )
    judged = {end: value for end, value in ours.items() if end in truth and value is not None}
    assert len(judged) > 300
    assert judged == pytest.approx({end: truth[end] for end in judged})


def test_authors_are_pseudonyms_as_many_as_there_are_authors(
    folder: Folder, reviews: list[dict[str, str]]
) -> None:
    rated = [review["author"] for review in reviews if review["overall_rating"]]
    found = responses(folder)["respondent_id"]
    assert found.n_unique() == len(set(rated))
    assert found.str.contains(r"^person-[0-9a-f]{12}$").all()


def test_no_author_and_no_address_is_anywhere_in_the_data_folder(
    folder: Folder, reviews: list[dict[str, str]]
) -> None:
    authors = {review["author"].removeprefix("author ").encode() for review in reviews}
    hashes = re.compile(rb"author ([0-9a-f]{8})")
    for path in folder.workspace.root.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert not authors & set(hashes.findall(path.read_bytes())), path
    kept = responses(folder).select(pl.col(pl.String)).to_dict(as_series=False)
    assert not authors & set(hashes.findall(str(kept).encode()))


def test_comments_are_kept_for_they_name_nobody(
    folder: Folder, reviews: list[dict[str, str]]
) -> None:
    rated = sorted(
        review["content"].replace("\r\n", "\n") for review in reviews if review["overall_rating"]
    )
    assert sorted(responses(folder)["comment"]) == rated
