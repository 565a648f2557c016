"""Real data: a cloud of 2014 is analysed as 2014, and what had ended before then says so (§3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from scipy.stats import theilslopes

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.analysis.analyse import compute_trends
from anfl_assets.report.published import open_published
from anfl_assets.report.trends import TrendRow
from tests.real.folder import NOW, Folder

pytestmark = pytest.mark.real
ENDED_AT = datetime(2014, 7, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("nab")


@pytest.fixture(scope="module")
def trends(folder: Folder) -> dict[str, TrendRow]:
    with open_published(folder.workspace) as published:
        rows = compute_trends(published, load_catalog(), now=NOW)
    return {row.subject: row for row in rows if row.metric_id == "resource_utilization"}


def test_the_window_ends_with_the_last_day_of_the_file(trends: dict[str, TrendRow]) -> None:
    row = trends["asg_misconfiguration/cpu"]
    assert (row.grain, row.window_end_at) == ("day", ENDED_AT)
    assert row.points >= 60


def test_the_slope_of_the_days_is_what_scipy_makes_of_the_file(
    folder: Folder, trends: dict[str, TrendRow]
) -> None:
    days = folder.truth(
        "select epoch(timestamp::date) / 86400, avg(value) "
        "from read_csv({realKnownCause/cpu_utilization_asg_misconfiguration.csv}) "
        "where timestamp < '2014-07-15' group by all order by all"
    )
    times, values = zip(*days, strict=True)
    other = theilslopes(values, times)
    row = trends["asg_misconfiguration/cpu"]
    assert row.slope == pytest.approx(other.slope, abs=(other.high_slope - other.low_slope) / 2)
    assert row.level == pytest.approx(sorted(values)[len(values) // 2], rel=0.05)


def test_machines_that_fell_silent_months_before_are_not_analysed(
    trends: dict[str, TrendRow],
) -> None:
    assert set(trends) == {"asg_misconfiguration/cpu"}


def test_as_of_their_own_time_they_are(folder: Folder) -> None:
    at = datetime(2014, 4, 20, tzinfo=UTC)
    with open_published(folder.workspace) as published:
        rows = compute_trends(published, load_catalog(), now=NOW, as_of=at)
    told = {row.subject: row for row in rows if row.metric_id == "resource_utilization"}
    row = told["ec2-825cc2/cpu"]
    # the file begins on the 10th: ten days of ninety are said, not computed
    assert (row.verdict, row.slope) == ("insufficient", None)
    assert row.points == 10
    assert "asg_misconfiguration/cpu" not in told
