"""The operational measures and the marks on the time axis of the example, against sums by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.operational import operational
from anfl_assets.report.annotations import Annotation, annotations_between
from anfl_assets.report.operational import Measured
from anfl_assets.report.published import Published, open_published
from anfl_assets.store import lake
from anfl_assets.store.relations import parquet
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

pytestmark = pytest.mark.slow
_SINCE = EXAMPLE_AS_OF - timedelta(days=21)
_DONE = """
select count(*) as done, median(epoch_us(done_at) - epoch_us(started_at)) / 86400e6 as days
from {items}
where team = 'models' and kind != 'deploy'
and done_at >= timestamptz '2026-11-16T00:00Z' and done_at < timestamptz '2026-11-23T00:00Z'
"""
_OPEN = """
select count(*) as n from {items}
where kind != 'deploy' and (done_at is null or done_at >= timestamptz '2026-11-23T00:00Z')
"""
_USED = """
select host, avg(utilization_pct) as used from {samples}
where resource = 'cpu' and observed_at >= timestamptz '2026-11-22T23:00Z'
and observed_at < timestamptz '2026-11-23T00:00Z'
group by host
"""
_Key = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def published(built_example: BuiltExample) -> Iterator[Published]:
    """The example's build."""
    with open_published(Workspace(built_example.root)) as opened:
        yield opened


@pytest.fixture(scope="module")
def series(published: Published) -> dict[_Key, Measured]:
    """Three weeks of every measure, by measure, subject, number and grain."""
    feeds = load_feeds(published.workspace.root / "example" / "feeds.yaml", {})
    until = EXAMPLE_AS_OF + timedelta(days=1)
    found = operational(published, load_catalog(), feeds, since=_SINCE, until=until)
    return {(each.measure_id, each.subject, each.statistic, each.grain): each for each in found}


def raw(published: Published, entity: str) -> str:
    """A raw table as SQL."""
    return parquet(lake.files(published.workspace.table_path(entity)))


def last(measured: Measured) -> tuple[datetime, float, int]:
    """The newest point, a number rounded as a person would."""
    point = measured.points[-1]
    return point.window_end_at, round(point.value, 9), point.sample_count


def test_every_measure_has_its_panel_and_numbers(series: dict[_Key, Measured]) -> None:
    shown = {(each.panel, each.statistic, each.unit) for each in series.values()}
    assert shown == {
        ("Team productivity", "items_done", "count"),
        ("Team productivity", "median_days", "d"),
        ("Team productivity", "items_open", "count"),
        ("Process efficiency", "share_in_time", "%"),
        ("Resource allocation", "share_in_use", "%"),
        ("Resource allocation", "share_of_use", "%"),
    }


def test_a_team_has_done_what_a_count_by_hand_says(
    published: Published, series: dict[_Key, Measured]
) -> None:
    # the week of Monday the 16th to Sunday the 22nd
    items = raw(published, "work_items")
    [by_hand] = published.rows(_DONE.format(items=items))
    [still_open] = published.rows(_OPEN.format(items=items))
    done = series["team_productivity", "models", "items_done", "week"]
    days = series["team_productivity", "models", "median_days", "week"]
    open_items = series["team_productivity", "all", "items_open", "week"]
    assert last(done) == (EXAMPLE_AS_OF, by_hand["done"], by_hand["done"])
    assert last(days) == (EXAMPLE_AS_OF, round(by_hand["days"], 9), by_hand["done"])
    assert last(open_items) == (EXAMPLE_AS_OF, still_open["n"], still_open["n"])


def test_a_host_has_the_part_of_all_use_that_a_sum_by_hand_says(
    published: Published, series: dict[_Key, Measured]
) -> None:
    rows = published.rows(_USED.format(samples=raw(published, "resources")))
    used = {row["host"]: row["used"] for row in rows}
    in_use = series["resource_allocation", "gpu-1/cpu", "share_in_use", "hour"].points[-1]
    of_use = series["resource_allocation", "gpu-1/cpu", "share_of_use", "hour"].points[-1]
    assert in_use.value == pytest.approx(used["gpu-1"], rel=1e-9)
    assert of_use.value == pytest.approx(100 * used["gpu-1"] / sum(used.values()), rel=1e-9)


def test_the_parts_of_all_use_add_up_to_it(series: dict[_Key, Measured]) -> None:
    parts = [
        each.points[-1].value
        for (_, subject, statistic, grain), each in series.items()
        if (statistic, grain) == ("share_of_use", "day") and subject.endswith("/memory")
    ]
    assert len(parts) == 6
    assert sum(parts) == pytest.approx(100)


def test_every_load_and_build_of_the_example_was_in_time(series: dict[_Key, Measured]) -> None:
    builds = series["process_efficiency", "builds", "share_in_time", "day"]
    assert last(builds) == (EXAMPLE_AS_OF + timedelta(days=1), 100.0, 1)


def test_a_deploy_stands_just_before_the_incident_it_caused(published: Published) -> None:
    found = annotations_between(
        published, load_catalog(), since=EXAMPLE_AS_OF - timedelta(hours=4), until=EXAMPLE_AS_OF
    )
    # slow-images begins at 20:50
    live_at = datetime(2026, 11, 22, 20, 44, tzinfo=UTC)
    assert found == [Annotation("deploy", live_at, None, "Deploy by models")]


def test_maintenance_that_reaches_into_a_stretch_is_there_once(published: Published) -> None:
    inside = datetime(2026, 11, 14, 3, tzinfo=UTC)
    found = annotations_between(published, load_catalog(), since=inside, until=inside)
    assert found == [
        Annotation(
            "maintenance",
            datetime(2026, 11, 14, 2, tzinfo=UTC),
            datetime(2026, 11, 14, 4, tzinfo=UTC),
            "Maintenance of batch-scoring",
            "batch-scoring",
        )
    ]
