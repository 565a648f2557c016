"""Trends and correlations of the example company against what its generator planted."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.cli import main
from anfl_assets.flow.analysis.analyse import (
    compute_correlations,
    compute_trends,
    keep_correlations,
    keep_trends,
    standing_trends,
)
from anfl_assets.report.correlations import CorrelationRow, stored_correlations
from anfl_assets.report.published import Published, open_published
from anfl_assets.report.trends import TrendRow, stored_trends
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from examples.company.company import DISK_FLOOD_PCT_PER_DAY, DISK_PCT_PER_DAY
from examples.company.machines import GROWING_DISK
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

pytestmark = pytest.mark.slow
CATALOG = load_catalog()
Trends = dict[tuple[str, str, str], TrendRow]


@pytest.fixture(scope="module")
def published(built_example: BuiltExample) -> Iterator[Published]:
    with open_published(Workspace(built_example.root)) as opened:
        yield opened


@pytest.fixture(scope="module")
def trends(published: Published) -> Trends:
    rows = compute_trends(published, CATALOG, now=EXAMPLE_AS_OF)
    return {(row.trend, row.metric_id, row.subject): row for row in rows}


@pytest.fixture(scope="module")
def correlations(published: Published) -> list[CorrelationRow]:
    return compute_correlations(published, CATALOG, now=EXAMPLE_AS_OF)


@pytest.fixture
def own_copy(built_example: BuiltExample, tmp_path: Path) -> Path:
    """A copy of what readers of a published build need, to write analyses into."""
    for part in ("state", "lake/marts"):
        shutil.copytree(built_example.root / part, tmp_path / part)
    return tmp_path


def test_every_metric_of_every_trend_has_rows(trends: Trends) -> None:
    found = {(name, metric_id) for name, metric_id, _ in trends}
    assert found == {
        (each.name, metric) for each in CATALOG.trends.values() for metric in each.metric_ids
    }


def test_the_disks_that_fill_up_are_the_only_long_trends(trends: Trends) -> None:
    moving = {
        (metric_id, subject): row
        for (name, metric_id, subject), row in trends.items()
        if name == "long_term" and row.verdict in ("worsening", "improving")
    }
    assert set(moving) == {
        ("resource_utilization", "db-1/disk"),
        ("resource_utilization", GROWING_DISK.subject),
    }
    assert {row.verdict for row in moving.values()} == {"worsening"}
    growing = moving["resource_utilization", GROWING_DISK.subject]
    # it grows by the same part of itself each day, so by less in the middle of the window
    then = math.exp(-45 * GROWING_DISK.pct_per_day / GROWING_DISK.now_pct)
    assert growing.slope == pytest.approx(GROWING_DISK.pct_per_day * then, rel=0.1)
    row = moving["resource_utilization", "db-1/disk"]
    # it grows slowly until the flood of the last six days
    assert row.slope == pytest.approx(DISK_PCT_PER_DAY, rel=0.1)
    assert row.slope_low is not None
    assert 0 < row.slope_low < DISK_FLOOD_PCT_PER_DAY


def test_the_days_short_trends_are_the_incidents_of_the_last_day(
    trends: Trends, built_example: BuiltExample
) -> None:
    truth = json.loads((built_example.root / "example" / "truth.json").read_text())
    since = EXAMPLE_AS_OF - timedelta(days=1)
    planted = {
        (metric_id, incident["subject"])
        for incident in truth["incidents"]
        if datetime.fromisoformat(incident["start_at"]) >= since
        for metric_id in incident["metrics"]
        if metric_id in CATALOG.trends["short_term"].metric_ids
    }
    worse = {
        (metric_id, subject)
        for (name, metric_id, subject), row in trends.items()
        if name == "short_term" and row.verdict == "worsening" and subject != "all"
    }
    assert planted
    assert planted <= worse
    assert not [row for row in trends.values() if row.verdict == "improving"]


def test_the_planted_incident_is_a_jump_at_its_own_moment(trends: Trends) -> None:
    row = trends["short_term", "inference_latency", "image-generation"]
    [jumped_at] = row.jumps
    assert abs(jumped_at - datetime(2026, 11, 22, 20, 55, tzinfo=UTC)) <= timedelta(minutes=10)
    assert row.jumped_by[0] > 80


def test_the_daily_course_of_throughput_is_a_season_and_no_trend(trends: Trends) -> None:
    row = trends["short_term", "throughput", "embeddings"]
    assert (row.verdict, row.season) == ("flat", "1 day")
    assert (row.season_strength or 0) > 0.9


def test_a_monthly_metric_is_analysed_over_a_year_of_its_own_windows(trends: Trends) -> None:
    row = trends["long_term", "revenue", "all"]
    assert (row.grain, row.window_end_at) == ("month", datetime(2026, 11, 1, tzinfo=UTC))
    assert row.points == 13


def test_nothing_that_was_not_planted_goes_together(correlations: list[CorrelationRow]) -> None:
    assert {row.correlation for row in correlations} == set(CATALOG.correlations)
    assert not [row for row in correlations if row.verdict in ("together", "opposite")]
    silent = [row for row in correlations if row.right_subject == "startup"]
    assert {row.verdict for row in silent} == {"insufficient"}


def test_what_is_kept_is_what_was_computed_and_a_day_is_kept_once(own_copy: Path) -> None:
    workspace = Workspace(own_copy)
    with open_published(workspace) as published:
        assert stored_trends(published) is None
        rows = compute_trends(published, CATALOG, now=EXAMPLE_AS_OF)
        pairs = compute_correlations(published, CATALOG, now=EXAMPLE_AS_OF)
        for _ in range(2):
            keep_trends(published, rows)
            keep_correlations(published, pairs)
        assert stored_trends(published) == rows
        assert stored_correlations(published) == pairs
        assert standing_trends(published, CATALOG, now=EXAMPLE_AS_OF + timedelta(days=9)) == rows
    kept = lake.read(workspace.analysis_path("trends"))
    assert kept is not None
    assert kept.height == len(rows)


def test_a_reading_command_tells_the_same_and_writes_nothing(
    own_copy: Path, trends: Trends, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(["trends", "--json", "--data-dir", str(own_copy)], capsys)
    assert {(row["trend"], row["metric_id"], row["subject"]): row["verdict"] for row in told} == {
        key: row.verdict for key, row in trends.items()
    }
    assert not (own_copy / "lake" / "analysis").exists()


def test_an_earlier_moment_is_analysed_as_it_was(
    own_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = "2026-11-20T12:03:00Z"
    told = _json(
        ["trends", "latency", "--as-of", at, "--json", "--data-dir", str(own_copy)], capsys
    )
    assert {row["window_end_at"] for row in told} == {"2026-11-20T12:00:00+00:00"}
    told = _json(["correlations", "--as-of", at, "--json", "--data-dir", str(own_copy)], capsys)
    ends = {row["correlation"]: row["window_end_at"] for row in told}
    assert ends == {
        "performance_impact": "2026-11-20T12:00:00+00:00",
        "business_impact": "2026-11-20T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("trends --as-of 2020-01-01", "No window had ended by 2020-01-01 00:00 UTC; the first"),
        ("correlations --as-of 2020-01-01", "No window had ended by 2020-01-01 00:00 UTC"),
        ("trends market_share", "No trend of market_share; the catalog (§3.1) asks for trends of"),
        ("trends --subject nobody", "No trend of nobody"),
    ],
)
def test_a_question_without_an_answer_has_one(
    line: str, told: str, own_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.invoke([*line.split(), "--data-dir", str(own_copy)]) == 0
    assert told in capsys.readouterr().out


def test_a_name_that_is_nearly_right_is_a_mistake_with_a_hint(
    own_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.invoke(["trends", "latncy", "--data-dir", str(own_copy)]) == 2
    assert "did you mean 'latency'?" in capsys.readouterr().err


def test_a_moment_after_the_data_is_analysed_as_far_as_they_go(
    published: Published, trends: Trends
) -> None:
    later = EXAMPLE_AS_OF + timedelta(days=900)
    rows = compute_trends(published, CATALOG, now=EXAMPLE_AS_OF, as_of=later)
    assert {(row.trend, row.metric_id, row.subject): row for row in rows} == trends


def test_a_folder_without_a_build_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.invoke(["trends", "--data-dir", str(tmp_path)]) == 2
    assert "anfl run" in capsys.readouterr().err


def _json(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main.invoke(arguments) == 0
    told: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return told
