"""The daily series of the example's forecasts, against sums by hand of what its feeds brought."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.series import AskedSeries, asked_series
from anfl_assets.report.published import Published, open_published
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from examples.company.histogram import merged_nearest_rank, nearest_rank
from tests.integration.built_example import BuiltExample

pytestmark = pytest.mark.slow
CATALOG = load_catalog()
LAST = date(2026, 11, 22)
Asked = Mapping[tuple[str, str], AskedSeries]


@pytest.fixture(scope="module")
def published(built_example: BuiltExample) -> Iterator[Published]:
    """The example's build."""
    with open_published(Workspace(built_example.root)) as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(published: Published) -> Asked:
    """Every series of both models, by subject and form: no two metrics share both."""
    found = [
        each
        for model in CATALOG.forecasts.values()
        for each in asked_series(published, CATALOG, model)
    ]
    assert len({(each.metric.metric_id, each.subject, each.form) for each in found}) == len(found)
    return {(f"{each.metric.metric_id}/{each.subject}", each.form): each for each in found}


def _days(asked: Asked, name: str, form: str) -> dict[date, float]:
    series = asked[name, form].series
    assert series is not None
    days = (series.first_day + timedelta(days=n) for n in range(series.values.size))
    return {
        day: float(value)
        for day, value in zip(days, series.values, strict=True)
        if not np.isnan(value)
    }


def _marked(asked: Asked, name: str, form: str) -> list[date]:
    series = asked[name, form].series
    assert series is not None
    return [series.first_day + timedelta(days=int(n)) for n in np.flatnonzero(series.marked)]


def _raw(published: Published, entity: str) -> pl.DataFrame:
    rows = lake.read(published.workspace.table_path(entity))
    assert rows is not None
    return rows


def test_each_subject_of_each_metric_has_each_form_the_catalog_names(asked: Asked) -> None:
    forms: dict[str, set[str]] = {}
    for name, form in asked:
        forms.setdefault(name.partition("/")[0], set()).add(form)
    assert forms == {
        "resource_utilization": {"daily peak", "daily mean"},
        "user_adoption": {"daily form"},
        "inference_latency": {"daily p95"},
        "throughput": {"daily peak", "daily mean"},
    }
    assert len(asked) == 2 * 18 + 1 + 8 + 2 * 8
    assert {each.reason for each in asked.values()} == {None}


def test_the_use_of_every_resource_is_its_samples_mean_and_highest_hour(
    published: Published, asked: Asked
) -> None:
    samples = _raw(published, "resources").with_columns(
        subject=pl.format("resource_utilization/{}/{}", "host", "resource"),
        hour=pl.col("observed_at").dt.truncate("1h"),
    )
    means = samples.group_by("subject", "date").agg(pl.col("utilization_pct").mean())
    hours = samples.group_by("subject", "date", "hour").agg(pl.col("utilization_pct").mean())
    peaks = hours.group_by("subject", "date").agg(pl.col("utilization_pct").max())
    for form, rows in (("daily mean", means), ("daily peak", peaks)):
        by_subject = rows.partition_by("subject", as_dict=True)
        assert len(by_subject) == 18
        for (subject,), own in by_subject.items():
            wanted = dict(own.select("date", "utilization_pct").rows())
            assert max(wanted) == LAST
            assert _days(asked, str(subject), form) == pytest.approx(wanted, rel=1e-9)


def test_the_throughput_of_a_service_is_its_requests_by_the_seconds_of_the_day(
    published: Published, asked: Asked
) -> None:
    windows = _raw(published, "request_windows").filter(service="embeddings")
    days = windows.group_by("date").agg(pl.col("request_count").sum() / 86_400)
    hours = windows.group_by("date", hour=pl.col("window_start_at").dt.truncate("1h")).agg(
        pl.col("request_count").sum() / 3_600
    )
    peaks = hours.group_by("date").agg(pl.col("request_count").max())
    for form, rows in (("daily mean", days), ("daily peak", peaks)):
        wanted = dict(rows.select("date", "request_count").rows())
        assert _days(asked, "throughput/embeddings", form) == pytest.approx(wanted, rel=1e-9)


def test_the_latency_of_a_day_is_the_95th_percentile_of_all_its_requests(
    published: Published, asked: Asked
) -> None:
    windows = _raw(published, "request_windows").filter(service="embeddings", date=LAST)
    buckets = windows["latency_buckets"].explode().cast(pl.Int64).to_numpy()
    counts = windows["latency_counts"].explode().to_numpy()
    requests = _raw(published, "requests").filter(service="speech-to-text", date=LAST)
    raw = requests.filter(~pl.col("is_error"))["latency_ms"].to_numpy()
    wanted = {
        "embeddings": merged_nearest_rank(buckets, counts, 0.95),
        "speech-to-text": nearest_rank(raw, 0.95),
    }
    for service, p95_ms in wanted.items():
        found = _days(asked, f"inference_latency/{service}", "daily p95")
        # a day is told by buckets, which stand for their values within a hundredth
        assert found[LAST] == pytest.approx(p95_ms, rel=0.01)


def test_the_growth_of_a_day_is_its_28_days_new_users_by_those_of_the_28_before(
    published: Published, asked: Asked
) -> None:
    events = _raw(published, "events").drop_nulls("user_id")
    born = events.group_by("user_id").agg(pl.col("occurred_at").min().dt.date())["occurred_at"]

    def new_users(first: date, last: date) -> int:
        return int(born.is_between(first, last).sum())

    found = _days(asked, "user_adoption/all", "daily form")
    for back in (0, 30, 300):
        day = LAST - timedelta(days=back)
        now = new_users(day - timedelta(days=27), day)
        before = new_users(day - timedelta(days=55), day - timedelta(days=28))
        assert found[day] == pytest.approx(100 * (now / before - 1), rel=1e-9)


def test_the_days_of_the_planted_incidents_and_of_maintenance_are_marked(asked: Asked) -> None:
    outage, maintenance = date(2026, 5, 7), date(2026, 11, 14)
    assert _marked(asked, "throughput/batch-scoring", "daily mean") == [outage, maintenance]
    assert _marked(asked, "inference_latency/batch-scoring", "daily p95") == [outage, maintenance]
    assert _marked(asked, "throughput/speech-to-text", "daily peak") == [date(2026, 11, 11)]
    # the disk that is full is beyond its own threshold: that is what is to be forecast
    assert _marked(asked, "resource_utilization/db-1/disk", "daily mean") == []


def test_what_will_cross_has_not_crossed_and_ends_where_its_truth_begins(
    built_example: BuiltExample, asked: Asked
) -> None:
    truth = json.loads((built_example.root / "example" / "truth.json").read_text())
    for row in truth["crossings"]:
        found = _days(asked, f"{row['metric_id']}/{row['subject']}", row["form"])
        assert asked[f"{row['metric_id']}/{row['subject']}", row["form"]].threshold == 90.0
        assert max(found.values()) < row["threshold"]
        assert max(found) == LAST


def test_an_earlier_moment_asks_for_what_was_known_then(published: Published) -> None:
    [model] = [each for each in CATALOG.forecasts.values() if "throughput" in each.metric_ids]
    [newest] = {
        each.series.last_day
        for each in asked_series(
            published, CATALOG, model, as_of=datetime(2026, 11, 10, 15, tzinfo=UTC)
        )
        if each.series is not None
    }
    assert newest == date(2026, 11, 9)
