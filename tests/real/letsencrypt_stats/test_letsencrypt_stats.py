"""Real data: the share of pages over HTTPS, and certificates (specification §1: adoption)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("letsencrypt_stats")


def windows(folder: Folder, feed: str) -> pl.DataFrame:
    rows = lake.read(folder.workspace.table_path("usage_windows"))
    assert rows is not None
    return rows.filter(pl.col("feed") == feed).sort("date")


def test_the_day_that_stands_twice_counts_once_where_it_agrees_and_never_where_it_does_not(
    folder: Folder,
) -> None:
    assert counts(folder.landed["https"]) == (1_026, 1_026, 0, 0)
    assert counts(folder.landed["certificates"]) == (1_139, 1_138, 0, 1)
    assert counts(folder.landed["domains"]) == (1_139, 1_137, 2, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())
    with open_ledger(folder.workspace) as ledger:
        refused = ledger.quarantined()
    assert {row["rule"] for row in refused} == {"one_body_per_key"}


def test_https_rose_from_29_to_49_percent_and_each_day_is_what_the_file_says(
    folder: Folder,
) -> None:
    rows = windows(folder, "https")
    ours = (100 * rows["count"] / rows["of_count"]).to_list()
    truth = folder.truth(
        "select percentPageloadsAreTLS from read_csv({historical-https-adoption.csv}) "
        "order by datestamp"
    )
    assert ours == pytest.approx([share for (share,) in truth], abs=0.0001)
    assert (round(ours[0], 1), round(ours[-1], 1)) == (28.9, 49.2)


def test_feature_adoption_of_a_week_is_the_share_of_its_pages(folder: Folder) -> None:
    ours = {
        end: row["value"] for (_, end), row in folder.observed("feature_adoption", "week").items()
    }
    truth = folder.truth(
        "select date_trunc('week', datestamp::date) + interval '7 days' as week_end, "
        "100.0 * sum(countTLS) / sum(countPageloads) "
        "from read_csv({historical-https-adoption.csv}) group by week_end order by week_end"
    )
    expected = {end.replace(tzinfo=UTC): value for end, value in truth}
    last = datetime(2016, 10, 31, tzinfo=UTC)
    assert max(ours) >= last
    assert ours == pytest.approx({end: value for end, value in expected.items() if end in ours})
    assert len(ours) >= len([end for end in expected if end <= last])


def test_certificates_add_up(folder: Folder) -> None:
    truth = folder.truth(
        "select sum(certs_issued) from (select distinct date, certs_issued "
        "from read_csv({cert-daily-stats.tsv}, delim = '\t', header = true))"
    )
    assert [(windows(folder, "certificates")["count"].sum(),)] == truth


def test_domains_are_those_of_the_days_that_stand_once(folder: Folder) -> None:
    truth = folder.truth(
        "select sum(n)::double from (select date, max(reg_domains_active) as n "
        "from read_csv({cert-daily-stats.tsv}, delim = '\t', header = true) "
        "group by date having count(*) = 1)"
    )
    assert [(windows(folder, "domains")["count"].sum(),)] == truth
