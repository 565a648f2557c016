"""Real data: four days of a web server's access log (specification §1: error rate, throughput)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real

# The last line is of 2015-05-20 21:05:59; the log has the first six minutes of every hour.
LAST_END = datetime(2015, 5, 20, 21, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("elastic_apache_logs")


def lines(folder: Folder) -> list[str]:
    return (folder.raw / "apache_logs").read_text(encoding="utf-8").splitlines()


def accesses(folder: Folder) -> pl.DataFrame:
    rows = lake.read(folder.workspace.table_path("accesses"))
    assert rows is not None
    return rows


def test_all_ten_thousand_lines_are_accounted_for_one_cut_off_in_a_quote(folder: Folder) -> None:
    assert counts(folder.landed["accesses"]) == (10_000, 9_999, 1, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())
    cut_off = [line for line in lines(folder) if line.count('"') % 2]
    assert len(cut_off) == 1


def test_five_hundreds_are_three_in_ten_thousand(folder: Folder) -> None:
    statuses = [line.split('" ')[1].split()[0] for line in lines(folder)]
    truth = sum(status.startswith("5") for status in statuses)
    found = accesses(folder).filter(pl.col("status_code") >= 500).height
    assert found == truth == 3
    assert 100 * found / len(statuses) == pytest.approx(0.03, abs=0.0005)


def test_each_day_has_the_bytes_and_lines_of_its_own(folder: Folder) -> None:
    truth = folder.truth(
        r"""
        select
            strptime(regexp_extract(line, '\[([^ ]+)', 1), '%d/%b/%Y:%H:%M:%S')::date as day,
            count(*),
            sum(try_cast(regexp_extract(line, '" [0-9]+ ([0-9]+)', 1) as bigint))
        from read_csv({apache_logs}, columns = {'line': 'varchar'}, delim = '\t', quote = '',
            escape = '', header = false)
        where (length(line) - length(replace(line, '"', ''))) % 2 = 0
        group by day order by day
        """
    )
    days = accesses(folder).group_by("date").agg(pl.len(), pl.col("bytes").sum()).sort("date")
    assert days.rows() == truth


def test_error_rate_of_a_day_is_that_of_its_lines(folder: Folder) -> None:
    days = folder.observed("error_rate", "day")
    ours = {
        end: (row["numerator"], row["denominator"])
        for (subject, end), row in days.items()
        if subject == "www"
    }
    rows = accesses(folder).with_columns(is_error=pl.col("status_code") >= 500)
    truth = {
        datetime(day.year, day.month, day.day + 1, tzinfo=UTC): (errors, total)
        for day, errors, total in rows.group_by("date")
        .agg(pl.col("is_error").sum(), pl.len())
        .rows()
    }
    assert len(ours) >= 3
    assert all(truth[end] == found for end, found in ours.items())


def test_no_client_is_kept_neither_in_the_lake_nor_in_quarantine(folder: Folder) -> None:
    clients = {line.split(" ", 1)[0] for line in lines(folder)}
    with open_ledger(folder.workspace) as ledger:
        (refused,) = ledger.quarantined()
    assert refused["rule"] == "unreadable_access"
    assert not any(client in str(refused) for client in clients)
    assert not {"client", "user", "ident"} & set(accesses(folder).columns)
