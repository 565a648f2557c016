"""Real data: eleven sites, against Upptime's own summary (specification §1: uptime)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import fmean

import pytest

from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real

# The last probe is of 2026-08-10 15:00, so this is the last closed day's end.
LAST_END = datetime(2026, 8, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("upptime_curc")


def summary(folder: Folder, field: str) -> dict[str, float]:
    """Upptime's own percentages, by slug."""
    sites = json.loads((folder.raw / "summary.json").read_text(encoding="utf-8"))
    return {site["slug"]: float(site[field].removesuffix("%")) for site in sites}


def mean_difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Mean absolute difference over their sites, in percentage points."""
    return fmean(abs(ours[slug] - value) for slug, value in theirs.items())


def test_every_row_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert counts(folder.landed["probes"]) == (13_617, 13_617, 0, 0)
    assert counts(folder.landed["utilization"]) == (983, 983, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_uptime_of_all_time_is_upptimes(folder: Folder) -> None:
    rows = folder.rows(
        "select component, 100 * sum(up_s)::double / sum(known_s)::double as uptime_pct "
        "from {int_infrastructure__component_days} group by component"
    )
    ours = {row["component"]: row["uptime_pct"] for row in rows}
    theirs = summary(folder, "uptime")
    assert len(theirs) == 11
    assert mean_difference(ours, theirs) <= 0.2


def test_uptime_of_the_last_thirty_days_is_upptimes_of_its_month(folder: Folder) -> None:
    ours = {
        subject: row["value"]
        for (subject, end), row in folder.observed("uptime", "30 days").items()
        if end == LAST_END
    }
    assert mean_difference(ours, summary(folder, "uptimeMonth")) <= 0.3


def test_a_site_keeps_its_history_when_it_is_renamed(folder: Folder) -> None:
    rows = folder.rows(
        "select component, min(date) as first_on, count(*) as days "
        "from {int_infrastructure__component_days} "
        "where component = 'alpine-login-node-ssh-tcp-reachability' group by component"
    )
    assert [(str(row["first_on"]), row["days"]) for row in rows] == [("2026-05-10", 92)]


def test_sites_dropped_from_the_configuration_are_not_on_the_board(folder: Folder) -> None:
    shown = {subject for metric, subject in folder.board() if metric == "uptime"}
    assert shown == {*summary(folder, "uptime"), "all"}


def test_a_site_that_is_down_half_of_the_time_is_breached(folder: Folder) -> None:
    row = folder.board()["uptime", "curc-xd-mo-d-alpine-utilization-threshold"]
    assert (row.status, row.window_end_at) == ("breached", LAST_END)


def test_utilization_of_a_day_is_the_mean_of_its_samples(folder: Folder) -> None:
    days = folder.observed("resource_utilization", "day")
    # the file's own `date` is the day the cluster reported on, not the day it was asked
    truth = folder.truth(
        "select checked_at::date as day, avg(utilization_pct), count(*) "
        "from read_csv({alpine_utilization.csv}) where day < date '2026-08-10' "
        "group by day order by day"
    )
    found = [
        (row["date"], row["value"], row["sample_count"])
        for (subject, _), row in sorted(days.items(), key=lambda item: item[0][1])
        if subject == "alpine/cpu"
    ]
    assert [(day, count) for day, _, count in found] == [(day, count) for day, _, count in truth]
    assert [value for _, value, _ in found] == pytest.approx([mean for _, mean, _ in truth])
