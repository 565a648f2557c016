"""truth.json: the story holds, its counts add up, and it is the files' own truth."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest

from examples.company.expected import BANDS, band
from examples.company.generate import Generated

OFF_OR_BREACHED = {
    ("inference_latency", "image-generation"): "breached",
    ("inference_latency", "speech-to-text"): "off_target",
    ("throughput", "image-generation"): "breached",
    ("throughput", "moderation"): "off_target",
    ("error_rate", "moderation"): "off_target",
    ("uptime", "speech-to-text"): "breached",
    ("uptime", "embeddings"): "off_target",
    ("resource_utilization", "batch-1/memory"): "off_target",
    ("resource_utilization", "db-1/disk"): "breached",
    ("scaling_efficiency", "image-generation"): "off_target",
    ("user_adoption", "all"): "off_target",
    ("market_share", "europe"): "breached",
    ("market_share", "north_america"): "off_target",
    ("satisfaction", "startup"): "off_target",
    ("retention", "all"): "off_target",
}


def _judged(company: Generated) -> list[dict[str, Any]]:
    return [row for row in company.truth["metrics"] if row["is_judged"]]


def test_all_twelve_metrics_are_told(company: Generated) -> None:
    assert {row["metric_id"] for row in company.truth["metrics"]} == set(BANDS)
    assert len(BANDS) == 12


def test_the_planned_subjects_and_no_others_miss_their_targets(company: Generated) -> None:
    missed = {
        (row["metric_id"], row["subject"]): row["status"]
        for row in _judged(company)
        if row["status"] != "on_target"
    }
    assert missed == OFF_OR_BREACHED


def test_the_board_is_a_mixture(company: Generated) -> None:
    counts = Counter(row["status"] for row in _judged(company))
    assert counts["breached"] == 5
    assert counts["off_target"] == 10
    assert counts["on_target"] > 30


def test_no_value_stands_so_near_a_limit_that_a_tolerance_decides(company: Generated) -> None:
    for row in company.truth["metrics"]:
        for limit in (row["target"], row["alert_threshold"]):
            room = max(row["relative_tolerance"], 1e-6) * limit
            assert abs(row["value"] - limit) > room, row


def test_open_incidents_are_the_since_of_their_statuses(company: Generated) -> None:
    since = {
        (row["metric_id"], row["subject"]): row["since"]
        for row in company.truth["metrics"]
        if row["since"]
    }
    assert since == {
        ("inference_latency", "image-generation"): "2026-11-22T20:50:00+00:00",
        ("throughput", "image-generation"): "2026-11-22T20:50:00+00:00",
        ("throughput", "moderation"): "2026-11-03T00:00:00+00:00",
        ("error_rate", "moderation"): "2026-11-22T04:00:00+00:00",
        ("resource_utilization", "db-1/disk"): "2026-11-19T12:05:00+00:00",
    }


def test_past_incidents_were_off_at_their_time(company: Generated) -> None:
    past = {(row["metric_id"], row["subject"]): row["status"] for row in company.truth["past"]}
    assert past == {
        ("throughput", "moderation"): "off_target",
        ("error_rate", "chat-completion"): "breached",
        ("throughput", "speech-to-text"): "breached",
        ("throughput", "embeddings"): "breached",
        ("inference_latency", "embeddings"): "breached",
    }


def test_one_disk_will_pass_its_threshold_within_the_horizon_and_no_other_host(
    company: Generated,
) -> None:
    told = company.truth["crossings"]
    assert {(row["subject"], row["form"]): row["day"] for row in told if row["day"]} == {
        ("gpu-2/disk", "daily mean"): "2027-01-14",
        ("gpu-2/disk", "daily peak"): "2027-01-12",
    }
    assert {(row["threshold"], row["horizon_days"]) for row in told} == {(90.0, 90)}
    # What is full already crosses nothing.
    of_hosts = {
        row["subject"]
        for row in company.truth["metrics"]
        if row["metric_id"] == "resource_utilization"
    }
    assert of_hosts - {row["subject"] for row in told} == {"db-1/disk"}


def test_every_incident_lies_in_the_history(company: Generated) -> None:
    truth = company.truth
    for incident in truth["incidents"]:
        assert truth["start_at"] < incident["start_at"] < incident["end_at"] <= truth["as_of"]
        assert incident["is_open"] == (incident["end_at"] == truth["as_of"])


def test_the_counts_of_every_feed_add_up(company: Generated) -> None:
    for name, feed in company.truth["feeds"].items():
        kept = feed["accepted"] + feed["quarantined"] + feed["duplicates"]
        assert feed["received"] == kept, name
        assert feed["received"] + feed["filtered"] == sum(feed["files"].values()), name
        assert feed["quarantined"] == len(feed["planted"]), name
        assert feed["rows_in_lake"] == feed["accepted"] - feed["superseded"], name


def test_something_is_planted_of_every_kind(company: Generated) -> None:
    feeds = company.truth["feeds"]
    totals = {
        what: sum(feed[what] for feed in feeds.values())
        for what in ("quarantined", "duplicates", "filtered", "late")
    }
    assert totals == {"quarantined": 44, "duplicates": 87, "filtered": 18, "late": 471}
    assert feeds["orders"]["superseded"] == 40
    assert feeds["scalings"]["superseded"] > 300


def test_the_retention_is_the_files_own(company: Generated) -> None:
    # A second reading, from the CSV text: customers of September (S-orders) seen in October.
    folder = company.folder / "usage_analytics"
    sold: dict[str, set[str]] = {"09.2026": set(), "10.2026": set()}
    for path in folder.glob("orders_2026-*.csv"):
        for line in path.read_text().splitlines()[1:]:
            when, order_id, _, customer, *_ = line.split(",")
            if order_id.startswith("S") and customer and when[3:10] in sold:
                sold[when[3:10]].add(customer)
    stayed = len(sold["10.2026"] & sold["09.2026"])
    row = next(row for row in company.truth["metrics"] if row["metric_id"] == "retention")
    assert (row["numerator"], row["denominator"]) == (stayed, len(sold["09.2026"]))


def test_the_new_users_are_the_files_own(company: Generated) -> None:
    folder = company.folder / "usage_analytics"
    rows = pl.concat([pl.read_parquet(path) for path in sorted(folder.glob("events_*.parquet"))])
    known = rows.drop_nulls("user").filter(pl.col("at").dt.year() < 2100)
    first = known.group_by("user").agg(pl.col("at").min())
    months = first.group_by(pl.col("at").dt.strftime("%Y-%m").alias("month")).len()
    joined = dict(months.rows())
    row = next(row for row in company.truth["metrics"] if row["metric_id"] == "user_adoption")
    assert (row["numerator"], row["denominator"]) == (joined["2026-10"], joined["2026-09"])


@pytest.mark.parametrize(
    ("metric_id", "subject", "value", "status"),
    [
        pytest.param("inference_latency", "x", 50.0, "off_target", id="a strict target not met"),
        pytest.param("inference_latency", "x", 100.0, "off_target", id="at the threshold"),
        pytest.param("inference_latency", "x", 100.1, "breached", id="beyond the threshold"),
        pytest.param("inference_latency", "batch-scoring", 499.0, "on_target", id="own target"),
        pytest.param("throughput", "x", 1000.0, "on_target", id="met at equality"),
        pytest.param("throughput", "x", 500.0, "off_target", id="floor, at the threshold"),
        pytest.param("throughput", "batch-scoring", 0.09, "breached", id="own threshold"),
        pytest.param("satisfaction", "x", 4.5, "off_target", id="strict floor not met"),
    ],
)
def test_the_truth_judges_as_the_specification_says(
    metric_id: str, subject: str, value: float, status: str
) -> None:
    assert band(metric_id, subject).status(value) == status
