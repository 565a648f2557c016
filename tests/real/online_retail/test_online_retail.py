"""Real data: a year of a British online shop (specification §1: revenue, user_adoption, retention).

The figures are held twice: as literals, and to plain SQL over the file that knows nothing of this
project.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.real.folder import HERE, Folder, counts

pytestmark = pytest.mark.real

# The last order is of 2011-12-09: December is open.
LAST_END = datetime(2011, 12, 1, tzinfo=UTC)

REVENUE = """
    select date_trunc('quarter', InvoiceDate)::date as quarter_on,
        sum(Quantity * UnitPrice::decimal(12, 4)) as revenue
    from {online_retail.parquet} group by all order by all
"""
NEW_CUSTOMERS = """
    select month_on, count(*) as customers from (
        select CustomerID, min(date_trunc('month', InvoiceDate))::date as month_on
        from {online_retail.parquet}
        where CustomerID is not null and InvoiceNo not like 'C%' group by all
    ) group by all order by all
"""
RETENTION = """
    with months as (
        select distinct CustomerID, date_trunc('month', InvoiceDate)::date as month_on
        from {online_retail.parquet} where CustomerID is not null and InvoiceNo not like 'C%'
    )
    select (before.month_on + interval 1 month)::date as month_on,
        count(this.CustomerID) as retained, count(*) as expected
    from months as before
    left join months as this
        on this.CustomerID = before.CustomerID
        and this.month_on = before.month_on + interval 1 month
    where before.month_on < date '2011-11-01'
    group by all order by all
"""


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("online_retail")


def month_end(year: int, month: int) -> datetime:
    """Return the end of a month as an instant."""
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def test_every_line_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert counts(folder.landed["orders"]) == (541_909, 541_909, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_net_revenue_of_each_quarter_is_exact(folder: Folder) -> None:
    rows = folder.rows(
        "select date_trunc('quarter', date)::date as quarter_on, sum(revenue) as revenue "
        "from {int_growth__revenue_days} group by all order by all"
    )
    found = {row["quarter_on"]: row["revenue"] for row in rows}
    assert list(found.items()) == folder.truth(REVENUE)
    cents = {day: revenue.quantize(Decimal("0.01")) for day, revenue in found.items()}
    assert cents[date(2011, 1, 1)] == Decimal("1741329.99")
    assert cents[date(2011, 4, 1)] == Decimal("1907663.75")
    assert cents[date(2011, 7, 1)] == Decimal("2383668.24")


@pytest.mark.parametrize(("month", "growth_pct"), [(6, 9.55), (9, 24.95), (11, 72.85)])
def test_revenue_grows_by_three_months_on_the_three_before(
    folder: Folder, month: int, growth_pct: float
) -> None:
    window = folder.observed("revenue", "month")["all", month_end(2011, month)]
    assert round(window["value"], 2) == growth_pct


@pytest.mark.parametrize("metric_id", ["revenue", "user_adoption", "retention"])
def test_the_open_month_is_not_judged(folder: Folder, metric_id: str) -> None:
    assert max(end for _, end in folder.observed(metric_id, "month")) == LAST_END
    assert folder.board()[metric_id, "all"].window_end_at == LAST_END


def test_new_customers_of_a_month_are_those_with_their_first_sale_in_it(folder: Folder) -> None:
    rows = folder.rows(
        "select date_trunc('month', date)::date as month_on, sum(new_user_count)::bigint as count "
        "from {int_growth__new_user_days} group by all order by all"
    )
    found = [(row["month_on"], row["count"]) for row in rows]
    assert found == folder.truth(NEW_CUSTOMERS)
    assert dict(found)[date(2011, 3, 1)] == 452


def test_user_adoption_compares_new_customers_per_day_and_keeps_both_counts(folder: Folder) -> None:
    window = folder.observed("user_adoption", "month")["all", month_end(2011, 3)]
    assert (window["numerator"], window["denominator"]) == (452, 380)
    assert window["value"] == pytest.approx(7.4, abs=0.05)
    raw_growth_pct = 100 * (window["numerator"] / window["denominator"] - 1)
    assert raw_growth_pct == pytest.approx(18.95, abs=0.005)


def test_retention_counts_customers_who_come_back_the_month_after(folder: Folder) -> None:
    windows = folder.observed("retention", "month")
    found = [
        (row["window_start_at"].date(), row["numerator"], row["denominator"])
        for _, row in sorted(windows.items(), key=lambda item: item[0][1])
    ]
    assert found == folder.truth(RETENTION)
    assert windows["all", month_end(2011, 2)]["value"] == pytest.approx(35.36, abs=0.005)


def test_the_board_shows_the_last_closed_month(folder: Folder) -> None:
    board = folder.board()
    revenue = board["revenue", "all"]
    assert (revenue.status, round(revenue.value or 0, 2)) == ("on_target", 72.85)
    assert board["retention", "all"].status == "breached"
    assert board["uptime", "all"].status == "no_data"


@pytest.mark.slow
def test_one_command_lands_and_judges_the_file_and_another_shows_the_board(
    folder: Folder, tmp_path: Path
) -> None:
    assert folder.raw.is_dir()  # asking for the folder skips the test where the data is absent
    ran = _anfl("run", "--feeds", "tests/real/online_retail/feeds.yaml", "--data-dir", tmp_path)
    assert ran.returncode == 0, ran.stderr
    shown = _anfl("status", "--data-dir", tmp_path, "--json")
    board = {row["metric_id"]: row for row in json.loads(shown.stdout)}
    assert len(board) == 12
    revenue = board["revenue"]
    assert (round(revenue["value"], 2), revenue["unit"]) == (72.85, "%")
    assert (revenue["status"], revenue["window_end_at"][:10]) == ("on_target", "2011-12-01")
    assert round(board["retention"]["value"], 2) == 45.6
    assert board["uptime"]["status"] == "no_data"


def _anfl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in the project's folder, as a person would."""
    program = "from anfl_assets.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
