"""What alerting judges: each window for itself, live in the place of built, from the one judge."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.readings import open_readings, readings_as_of
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.report.latest import open_latest
from anfl_assets.report.published import open_published
from anfl_assets.report.rejudge import live_rows
from anfl_assets.report.scoreboard import scoreboard
from anfl_assets.store.spool import Note, SpoolWriter, spool_folder
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration import seeded_rows as rows
from tests.integration.seeded_lake import SeededLake, days, feed, seeded_lake

HISTORY = days("2026-02-20", 12)
END = HISTORY[-1] + timedelta(days=1)
FEEDS = (
    feed("requests", "requests"),
    feed("pings", "probes", max_carry=timedelta(hours=6)),
    feed("hosts", "resources"),
    feed("scaler", "scalings"),
)
GENERATORS = {
    "requests": partial(rows.requests, seed=1, services=("search", "chat")),
    "pings": partial(rows.probes, seed=8, components=("api", "db"), every_h=3),
    "hosts": partial(rows.resources, seed=10),
    "scaler": partial(rows.scalings, seed=11),
}
LIVE = """\
organisation: {name: Acme}
feeds:
  gateway:
    entity: requests
    tail: gateway.jsonl
    every: 1 second
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      latency_ms: ms
      is_error: failed
"""
NOW = datetime(2026, 3, 1, 12, 3, 17, 250_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SeededLake:
    landed = {name: generate(HISTORY) for name, generate in GENERATORS.items()}
    folder, _ = seeded_lake(
        tmp_path_factory.mktemp("readings"), Organisation(name="Acme"), FEEDS, landed
    )
    folder.build()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Workspace, Feeds]:
    path = tmp_path / "feeds.yaml"
    path.write_text(LIVE)
    workspace = open_workspace(tmp_path / "data")
    bind_feeds(workspace, path)
    return workspace, load_feeds(path, os.environ)


def spool(workspace: Workspace, feed: Feed, latency_ms: float, at: datetime) -> None:
    """Keep thirty requests as a poll at `at` would have."""
    schema = dict(TABLES["requests"].schema)
    frame = pl.DataFrame([(at, "search", latency_ms, False)] * 30, schema=schema, orient="row")
    typed = frame.with_columns(line=pl.lit(1, pl.Int64), row_key=pl.lit(None, pl.String))
    writer = SpoolWriter(spool_folder(workspace, feed.name))
    kept = spooled(feed.entity, typed, pl.DataFrame(schema={"rule": pl.String}))
    writer.append(kept, Note("{}", at, at))
    writer.roll()


def test_an_empty_folder_has_no_readings(folder: tuple[Workspace, Feeds]) -> None:
    with open_readings(*folder) as readings:
        assert readings.at(NOW) == []


def test_what_is_brought_live_is_read_before_anything_was_built_and_names_its_feed(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    spool(workspace, feeds.by_name["gateway"], 150.0, NOW)
    with open_readings(workspace, feeds) as readings:
        found = {(each.metric_id, each.subject): each for each in readings.at(NOW)}
        slow = found["inference_latency", "search"]
        assert (slow.status, slow.value, slow.threshold, slow.unit) == ("breached", 150, 100, "ms")
        assert (slow.grain, slow.feed, slow.is_alertable) == ("5 minutes", "gateway", True)
        assert slow.judged_at == slow.window_end_at == NOW + timedelta(microseconds=1)

        later = NOW + timedelta(minutes=3)
        silent = {(each.metric_id, each.subject): each for each in readings.at(later)}
    gone = silent["inference_latency", "search"]
    assert (gone.status, gone.value, gone.feed) == ("no_data", None, "gateway")
    assert gone.since == gone.judged_at == slow.judged_at


def test_each_window_a_subject_is_judged_on_is_a_reading_of_its_own(built: SeededLake) -> None:
    with open_readings(built.workspace, built.feeds) as readings:
        found = readings.at(END)
    grains = {each.grain for each in found if (each.metric_id, each.subject) == ("uptime", "api")}
    assert grains >= {"day", "30 days"}
    with open_published(built.workspace) as published:
        board = scoreboard(published, now=END)
    stands = {(each.metric_id, each.subject, each.grain): each for each in found}
    for row in board:
        if row.window_end_at is not None:
            each = stands[row.metric_id, row.subject, row.grain]
            assert (each.status, each.since, each.value) == (row.status, row.since, row.value)
            assert each.judged_at == row.window_end_at


def test_what_a_build_says_is_read_once(built: SeededLake) -> None:
    with open_readings(built.workspace, built.feeds) as readings:
        assert readings.at(END) is readings.at(END + timedelta(seconds=5))


def test_as_of_the_end_is_what_stands_and_of_before_it_only_what_had_ended(
    built: SeededLake,
) -> None:
    with open_readings(built.workspace, built.feeds) as readings:
        now = {(each.metric_id, each.subject, each.grain): each for each in readings.at(END)}
    then = readings_as_of(built.workspace, END)
    assert {(each.metric_id, each.subject, each.grain): each for each in then} == now
    noon = END - timedelta(days=3, hours=12)
    before = readings_as_of(built.workspace, noon)
    assert before
    assert all(each.judged_at <= noon for each in before)


def test_a_folder_without_a_build_says_so_when_asked_of_before(
    folder: tuple[Workspace, Feeds],
) -> None:
    with pytest.raises(WorkspaceError, match="run `anfl run`"):
        readings_as_of(folder[0], NOW)


@pytest.mark.parametrize("hours", [1, 5, 13])
def test_what_is_kept_of_a_build_judges_as_all_of_it_does(built: SeededLake, hours: int) -> None:
    with (
        open_published(built.workspace) as published,
        open_latest(
            built.workspace, published.build.compiled, pl.DataFrame({"metric_id": ["none"]})
        ) as latest,
    ):
        frame = built.published()["fct_metric_status"].drop("month", strict=False)
        statuses = frame.filter(pl.col("grain").is_in(["5 minutes", "event"]))
        # The last hours, told again: other statuses, and windows that end off the grid.
        again = statuses.filter(pl.col("window_end_at") > END - timedelta(hours=hours))
        other = again.with_columns(
            status=pl.when(pl.int_range(pl.len()) % 3 == 0)
            .then(pl.lit("breached"))
            .otherwise("status")
        )
        shifted = other.with_columns(
            pl.col("window_start_at", "window_end_at") - timedelta(seconds=77)
        )
        for live in (again.clear(), again, other, shifted, other.tail(3)):
            whole = live_rows(published, live, watermarks={})
            found = {
                (row["metric_id"], row["subject"], row["grain"]): row
                for row in latest.rows(published.build, live, told={})
            }
            assert len(found) >= len(whole) - 8  # metrics without any data are on the board alone
            for row in whole:
                if row["since_at"] is not None:
                    kept = found[row["metric_id"], row["subject"], row["grain"]]
                    assert {name: row[name] for name in kept if name in row} == {
                        name: kept[name] for name in kept if name in row
                    }
