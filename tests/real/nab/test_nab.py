"""Real data: metrics of a cloud of 2014, one file each (specification §1: resource utilization)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("nab")


def test_every_row_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert {name: counts(report) for name, report in folder.landed.items()} == {
        "instances": (24_192, 24_192, 0, 0),
        "group": (18_050, 18_050, 0, 0),
        "balancer": (4_032, 4_032, 0, 0),
        "latency": (4_032, 4_032, 0, 0),
    }
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_each_machine_is_named_by_its_file_and_used_as_the_file_says(folder: Folder) -> None:
    rows = (
        landed_rows(folder, "resources")
        .group_by("host")
        .agg(pl.len(), pl.col("utilization_pct").mean())
    )
    truth = folder.truth(
        "select parse_filename(filename, true) as name, count(*), avg(value) "
        "from read_csv(["
        "{realAWSCloudwatch/*_cpu_utilization_*.csv},"
        "{realKnownCause/cpu_utilization_asg_misconfiguration.csv}"
        "], filename = true) group by all"
    )
    found = {host: (count, pytest.approx(mean)) for host, count, mean in rows.iter_rows()}
    assert found == {
        name.removeprefix("cpu_utilization_").replace("_cpu_utilization_", "-"): (count, mean)
        for name, count, mean in truth
    }
    assert len(found) == 7
    assert found["asg_misconfiguration"][0] == 18_050


def test_a_missing_sample_is_a_gap_and_not_a_zero(folder: Folder) -> None:
    observed = folder.observed("resource_utilization", "5 minutes")
    ends = {end for subject, end in observed if subject == "ec2-825cc2/cpu"}
    # two of 4,033 samples of a fortnight are not in the file, and the last window is still open
    assert len(ends) == 4_031
    row = observed["ec2-825cc2/cpu", datetime(2014, 4, 10, 0, 5, tzinfo=UTC)]
    assert row["value"] == pytest.approx(91.958)


def test_the_balancers_requests_add_up(folder: Folder) -> None:
    ((requests, last),) = folder.truth(
        "select sum(value), arg_max(value, timestamp) "
        "from read_csv({realAWSCloudwatch/elb_request_count_8c0756.csv})"
    )
    assert landed_rows(folder, "request_windows")["request_count"].sum() == requests
    row = folder.board()["throughput", "elb-8c0756"]
    assert (row.value, row.window_end_at) == (last / 300, datetime(2014, 4, 24, 0, 40, tzinfo=UTC))


def test_the_minutes_that_lost_their_label_are_all_there(folder: Folder) -> None:
    at = datetime(2014, 3, 9, 3, tzinfo=UTC)
    probes = landed_rows(folder, "probes").filter(pl.col("observed_at") == at)
    assert probes["response_ms"].n_unique() == 12
