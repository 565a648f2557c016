"""What sources do to the live path: correct themselves, lag behind, stop beside one another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.land_round import Lander
from anfl_assets.flow.live import LivePath, open_live
from anfl_assets.flow.live_feed import live_feed
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.report.published import open_published
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.spool import Note, SpoolWriter, spool_folder
from anfl_assets.store.workspace import Workspace, open_workspace

FEEDS = """\
organisation: {name: Acme}
feeds:
  east: &log
    entity: requests
    tail: east.jsonl
    every: 1 second
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      latency_ms: ms
      is_error: failed
  west: {<<: *log, tail: west.jsonl}
  counters:
    entity: request_windows
    every: 15 seconds
    prometheus:
      {url: "http://127.0.0.1:9", step: 1 minute, by: [service], read: {requests: up, errors: up}}
    columns:
      window_start_at: window_start
      window_s: {constant: 60}
      service: service
      request_count: requests
      error_count: errors
"""
NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Folder:
    """A data folder whose spool is written as polls would."""

    workspace: Workspace
    feeds_path: Path

    def live(self) -> LivePath:
        """The live path over it."""
        return open_live(self.workspace, load_feeds(self.feeds_path, os.environ))

    def spool(
        self,
        feed: str,
        rows: Sequence[tuple[Any, ...]],
        *,
        at: datetime,
        told_at: datetime | None = None,
        keys: Sequence[str] = (),
    ) -> None:
        """Keep rows as a poll at `at` would have, in a segment of their own."""
        entity = load_feeds(self.feeds_path, os.environ).by_name[feed].entity
        schema = dict(TABLES[entity].schema)
        frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
            line=pl.lit(1, pl.Int64),
            row_key=pl.Series(keys, dtype=pl.String) if keys else pl.lit(None, pl.String),
        )
        writer = SpoolWriter(spool_folder(self.workspace, feed))
        refused = pl.DataFrame(schema={"rule": pl.String})
        writer.append(spooled(entity, frame, refused), Note("{}", at, told_at or at))
        writer.roll()

    def land(self, at: datetime) -> None:
        """Land what is spooled."""
        feeds = load_feeds(self.feeds_path, os.environ)
        clock = Clock(lambda: at, at.timestamp)
        with open_ledger(self.workspace) as ledger:
            found = [
                live_feed(self.workspace, ledger, each, feeds.organisation) for each in feeds.feeds
            ]
            lander = Lander(self.workspace, ledger, feeds.organisation, clock)
            assert lander.land([each for each in found if each]).problems == []


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    workspace = open_workspace(tmp_path / "data")
    bind_feeds(workspace, path)
    return Folder(workspace, path)


def minutes(requests: int, *, until: datetime = NOW) -> list[tuple[Any, ...]]:
    """Five minutes of one service up to a moment."""
    starts = [until - n * MINUTE for n in (5, 4, 3, 2, 1)]
    return [(start, 60.0, "api", requests, 0, *[None] * 5) for start in starts]


def requests(service: str, count: int, *, before: datetime = NOW) -> list[tuple[Any, ...]]:
    """So many requests of the second before a moment."""
    return [(before - timedelta(seconds=1), service, 10.0, False)] * count


def newest(judged: pl.DataFrame, metric: str, subject: str) -> dict[str, Any]:
    """The last row of a subject."""
    found = judged.filter(metric_id=metric, subject=subject).sort("window_end_at")
    return found.row(-1, named=True)


@pytest.mark.parametrize("has_landed", [False, True])
def test_a_point_that_is_told_again_counts_once_as_it_was_told_last(
    folder: Folder, *, has_landed: bool
) -> None:
    keys = [f"counters/{n}" for n in range(5)]
    folder.spool("counters", minutes(60), at=NOW, keys=keys)
    if has_landed:
        folder.land(NOW)
    with folder.live() as path:
        path.statuses(now=NOW)
        folder.spool("counters", minutes(90)[3:], at=NOW, keys=keys[3:])
        before, _ = path.statuses(now=NOW)
        folder.land(NOW)
        after, _ = path.statuses(now=NOW)
    for judged in (before, after):
        assert newest(judged, "throughput", "api")["sample_count"] == 3 * 60 + 2 * 90


def test_a_source_that_tells_of_minutes_ago_is_not_silent_while_it_answers(folder: Folder) -> None:
    asked_at = NOW + timedelta(minutes=2, seconds=5)
    folder.spool("counters", minutes(60), at=asked_at, told_at=NOW)
    with folder.live() as path:
        answering, _ = path.statuses(now=asked_at + timedelta(seconds=10))
        stopped, _ = path.statuses(now=asked_at + timedelta(minutes=2, seconds=1))
    assert newest(answering, "throughput", "api")["value"] == 1.0
    assert newest(stopped, "throughput", "api")["status"] == "no_data"


def test_a_feed_that_stops_beside_another_is_left_out_of_what_both_bring(folder: Folder) -> None:
    later = NOW + 4 * MINUTE
    folder.spool("west", [*requests("api", 300), *requests("web", 30)], at=NOW)
    folder.spool("east", requests("api", 600, before=later), at=later)
    with folder.live() as path:
        judged, _ = path.statuses(now=later)
        board = {(row.metric_id, row.subject): row for row in path.board(now=later).rows}
    api = newest(judged, "error_rate", "api")
    assert (api["sample_count"], api["status"], api["feed"]) == (600, "on_target", "east")
    whole = newest(judged, "error_rate", "all")
    assert (whole["sample_count"], whole["window_end_at"]) == (600, api["window_end_at"])
    assert newest(judged, "error_rate", "web")["status"] == "no_data"
    assert board["error_rate", "api"].sample_count == 600
    silent = board["error_rate", "web"]
    assert silent.status == "no_data"
    assert silent.since == silent.window_end_at == NOW + timedelta(microseconds=1)


def test_the_whole_falls_silent_with_the_last_of_its_feeds(folder: Folder) -> None:
    folder.spool("west", requests("web", 30), at=NOW)
    folder.spool("east", requests("api", 60, before=NOW + MINUTE), at=NOW + MINUTE)
    with folder.live() as path:
        judged, told = path.statuses(now=NOW + 10 * MINUTE)
    whole = newest(judged, "error_rate", "all")
    assert all(feed.is_silent for feed in told)
    assert whole["status"] == "no_data"
    assert whole["window_end_at"] == max(feed.told_at for feed in told)


@pytest.mark.slow
@pytest.mark.parametrize("past_s", [0, 90])
def test_a_window_over_midnight_holds_what_was_told_on_both_days(
    folder: Folder, past_s: int
) -> None:
    # One a second for 20 minutes: the first ten have landed and are built, the rest wait.
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=past_s)
    times = [now - timedelta(seconds=n) for n in range(1200)]
    rows = [(at, "api", float(n), n % 10 == 0) for n, at in enumerate(times)]
    folder.spool("east", rows[600:], at=now - 10 * MINUTE)
    folder.land(now - 10 * MINUTE)
    feeds = load_feeds(folder.feeds_path, os.environ)
    assert build(folder.workspace, feeds, now=now - 9 * MINUTE).status == "published"
    folder.spool("east", rows[:600], at=now)
    with folder.live() as path:
        judged, _ = path.statuses(now=now)
        board = [row for row in path.board(now=now).rows if row.subject == "api"]
        folder.land(now)
        landed, _ = path.statuses(now=now)
    for found in (judged, landed):
        rate = newest(found, "throughput", "api")
        assert (rate["value"], rate["window_end_at"]) == (1.0, now + timedelta(microseconds=1))
        assert newest(found, "error_rate", "api")["value"] == 10.0
        # the 95th percentile of the 270 that did not fail, of latencies 0 to 299
        good = [n for n in range(300) if n % 10]
        assert newest(found, "inference_latency", "api")["value"] == good[256]
    assert len({row.metric_id for row in board}) == len(board) == 3
    assert build(folder.workspace, feeds, now=now + MINUTE).status == "published"
    with open_published(folder.workspace) as published:
        statuses = published.rows(
            f"select metric_id, subject, grain, value from {published.table('fct_metric_status')}"  # noqa: S608 (no input)
        )
    wanted = {"metric_id": "throughput", "subject": "api", "grain": "5 minutes"}
    statuses = [row for row in statuses if wanted.items() <= row.items()]
    assert {row["value"] for row in statuses} == {1.0}
    assert len(statuses) >= 3 - (past_s % 300 != 0)
