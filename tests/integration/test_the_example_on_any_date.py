"""Whatever the date and seed, the story is the same: leap days, ends of months, Mondays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from examples.company import (
    customer_feedback,
    events,
    market_analysis,
    orders,
)
from examples.company.expected import Expected
from examples.company.expected_crossings import crossings
from examples.company.generate import SEED, brought
from examples.company.timeline import Timeline, micros, moment
from examples.company.truth import business, technical

_BUSINESS = {
    ("user_adoption", "all"): "off_target",
    ("revenue", "all"): "on_target",
    ("market_share", "europe"): "breached",
    ("market_share", "north_america"): "off_target",
    ("satisfaction", "enterprise"): "on_target",
    ("satisfaction", "startup"): "off_target",
    ("satisfaction", "education"): "on_target",
    ("satisfaction", "all"): "on_target",
    ("retention", "all"): "off_target",
    ("feature_adoption", "all"): "on_target",
}
_TECHNICAL_MISSES = {
    "inference_latency/all breached",
    "inference_latency/image-generation breached",
    "inference_latency/speech-to-text off_target",
    "throughput/image-generation breached",
    "throughput/moderation off_target",
    "error_rate/moderation off_target",
    "uptime/speech-to-text breached",
    "uptime/embeddings off_target",
    "uptime/all off_target",
    "resource_utilization/batch-1/memory off_target",
    "resource_utilization/db-1/disk breached",
    "scaling_efficiency/image-generation off_target",
}


def _timeline(day: str) -> Timeline:
    return Timeline(datetime.fromisoformat(day).replace(tzinfo=UTC))


def _business(timeline: Timeline, seed: int) -> list[Expected]:
    rng = np.random.default_rng(seed)
    rows = {
        "events": events.events(timeline, rng).rows,
        "orders": orders.orders(timeline, rng).rows,
        "responses": customer_feedback.responses(timeline, rng).rows,
        "interviews": customer_feedback.interviews(timeline, rng).rows,
        "market_sizes": market_analysis.market_sizes(timeline).rows,
    }
    return business(rows, timeline)


@pytest.mark.parametrize(
    ("day", "seed"),
    [
        pytest.param("2024-02-29", 1, id="leap day"),
        pytest.param("2024-03-01", 2, id="after a leap day"),
        pytest.param("2025-01-01", 3, id="first of a year and quarter"),
        pytest.param("2025-12-31", 4, id="last of a year"),
        pytest.param("2026-01-05", 5, id="first Monday of a year"),
        pytest.param("2026-03-29", 6, id="clocks go forward"),
        pytest.param("2026-03-31", 7, id="last of a quarter"),
        pytest.param("2026-07-01", 8, id="first of a quarter"),
        pytest.param("2026-10-26", 9, id="Monday after clocks go back"),
        pytest.param("2026-11-01", 10, id="first of a month, a Sunday"),
        pytest.param("2027-02-28", 11, id="last of February"),
        pytest.param("2028-02-28", 12, id="before a leap day"),
    ],
)
def test_the_business_metrics_keep_their_statuses(day: str, seed: int) -> None:
    rows = [row.as_row() for row in _business(_timeline(day), seed)]
    assert {(row["metric_id"], row["subject"]): row["status"] for row in rows} == _BUSINESS


@pytest.mark.parametrize("day", ["2024-02-29", "2026-06-01", "2026-08-02"])
def test_the_technical_metrics_keep_their_statuses(day: str) -> None:
    timeline = _timeline(day)
    rows = {extract.feed: extract.rows for extract in brought(timeline, SEED)}
    judged = [row.as_row() for row in technical(rows, timeline)]
    missed = {
        f"{row['metric_id']}/{row['subject']} {row['status']}"
        for row in judged
        if row["status"] != "on_target"
    }
    assert missed == _TECHNICAL_MISSES


@pytest.mark.parametrize("day", ["2024-02-29", "2026-11-21", "2026-11-22", "2026-11-23"])
@pytest.mark.parametrize("seed", [SEED, 7])
def test_the_growing_disk_passes_its_threshold_in_seven_to_eight_weeks(day: str, seed: int) -> None:
    timeline = _timeline(day)
    ahead = {
        (row["subject"], row["form"]): date.fromisoformat(row["day"]) - timeline.as_of.date()
        for row in crossings(timeline, seed)
        if row["day"]
    }
    assert set(ahead) == {("gpu-2/disk", "daily mean"), ("gpu-2/disk", "daily peak")}
    assert timedelta(days=45) <= ahead["gpu-2/disk", "daily peak"]
    assert ahead["gpu-2/disk", "daily peak"] <= ahead["gpu-2/disk", "daily mean"]
    assert ahead["gpu-2/disk", "daily mean"] <= timedelta(days=60)


@pytest.mark.parametrize(
    ("day", "month", "week", "quarter"),
    [
        pytest.param("2024-03-01", "2024-02-01", "2024-02-19", "2023-10-01", id="leap month"),
        pytest.param("2025-01-01", "2024-12-01", "2024-12-23", "2024-10-01", id="new year"),
        pytest.param("2026-11-23", "2026-10-01", "2026-11-16", "2026-07-01", id="a Monday"),
        pytest.param("2026-11-22", "2026-10-01", "2026-11-09", "2026-07-01", id="a Sunday"),
        pytest.param("2026-04-01", "2026-03-01", "2026-03-23", "2026-01-01", id="a quarter's end"),
    ],
)
def test_the_last_closed_periods_are_judged(day: str, month: str, week: str, quarter: str) -> None:
    timeline = _timeline(day)
    assert moment(timeline.closed_month()[0]).date() == date.fromisoformat(month)
    assert moment(timeline.closed_week[0]).date() == date.fromisoformat(week)
    assert timeline.closed_quarter()[0] == date.fromisoformat(quarter)


def test_an_instant_is_exact_to_the_microsecond() -> None:
    at = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
    assert moment(micros(at)) == at
    assert micros(at + timedelta(microseconds=1)) == micros(at) + 1
