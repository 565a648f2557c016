"""The live path beside a running collector: every row once, at any moment, and silence said."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from anfl_assets.cli.status import command as status_command
from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.collector import Collector, Pace
from anfl_assets.flow.land_round import Lander
from anfl_assets.flow.live import open_live
from anfl_assets.flow.live_feed import live_feed
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.store.collector_lock import collecting
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.spool import Note, SpoolWriter, segment_paths, spool_folder
from anfl_assets.store.workspace import Workspace, open_workspace

FEEDS = """\
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
  machine: {entity: resources, host: resources, every: 5 seconds}
"""
NOW = datetime(2026, 3, 1, 12, 3, 17, 250_000, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Workspace, Feeds]:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    workspace = open_workspace(tmp_path / "data")
    bind_feeds(workspace, path)
    return workspace, load_feeds(path, os.environ)


def spool(workspace: Workspace, feed: Feed, rows: pl.DataFrame, at: datetime) -> None:
    """Keep rows as a poll at `at` would have."""
    typed = rows.with_columns(line=pl.lit(1, pl.Int64), row_key=pl.lit(None, pl.String))
    frame = spooled(feed.entity, typed, pl.DataFrame(schema={"rule": pl.String}))
    writer = SpoolWriter(spool_folder(workspace, feed.name))
    writer.append(frame, Note("{}", at, at))
    writer.roll()


def requests(times: list[datetime], latencies: list[float]) -> pl.DataFrame:
    rows = [
        (at, "search", latency, latency > 900) for at, latency in zip(times, latencies, strict=True)
    ]
    return pl.DataFrame(rows, schema=dict(TABLES["requests"].schema), orient="row")


def test_a_window_ends_at_any_moment_and_holds_exactly_its_five_minutes(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    # one a second for ten minutes; the newest at the very moment of the poll
    times = [NOW - timedelta(seconds=n) for n in range(600)]
    latencies = [float(n) for n in range(600)]
    spool(workspace, feeds.by_name["gateway"], requests(times, latencies), NOW)
    with open_live(workspace, feeds) as path:
        judged, told = path.statuses(now=NOW + timedelta(seconds=3))
    newest = judged.filter(pl.col("window_end_at") == told[0].told_at, subject="search")
    values = {row["metric_id"]: row for row in newest.iter_rows(named=True)}
    assert told[0].told_at == NOW + timedelta(microseconds=1)
    # the moment of the poll is in, the one five minutes before is out: 0 to 299
    assert values["throughput"]["sample_count"] == 300
    assert values["throughput"]["value"] == 1.0
    assert values["inference_latency"]["value"] == 284.0
    assert values["inference_latency"]["window_start_at"] == told[0].told_at - timedelta(minutes=5)
    assert values["error_rate"]["value"] == 0.0


def test_a_feed_that_fell_silent_makes_its_subjects_no_data_since_then(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    spool(workspace, feeds.by_name["gateway"], requests([NOW] * 30, [10.0] * 30), NOW)
    machine = pl.DataFrame(
        [(NOW + timedelta(minutes=4), "db1", "cpu", 95.0)],
        schema=dict(TABLES["resources"].schema),
        orient="row",
    )
    spool(workspace, feeds.by_name["machine"], machine, NOW + timedelta(minutes=4))
    with open_live(workspace, feeds) as path:
        board = path.board(now=NOW + timedelta(minutes=4, seconds=2))
    rows = {(row.metric_id, row.subject): row for row in board.rows}
    silent = rows["inference_latency", "search"]
    assert (silent.status, silent.value, silent.severity) == ("no_data", None, "critical")
    assert silent.window_end_at == NOW + timedelta(microseconds=1)
    busy = rows["resource_utilization", "db1/cpu"]
    assert (busy.status, busy.value, busy.severity) == ("breached", 95.0, "critical")


def test_a_source_that_is_alive_and_has_no_request_is_zero_and_breached(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    half_an_hour_ago = NOW - timedelta(minutes=30)
    rows = requests([half_an_hour_ago] * 30, [10.0] * 30)
    spool(workspace, feeds.by_name["gateway"], rows, half_an_hour_ago)
    spool(workspace, feeds.by_name["gateway"], rows.clear(), NOW)
    with open_live(workspace, feeds) as path:
        board = path.board(now=NOW)
    found = {row.metric_id: row for row in board.rows if row.subject == "search"}
    assert (found["throughput"].value, found["throughput"].status) == (0.0, "breached")
    assert found["throughput"].window_end_at == NOW + timedelta(microseconds=1)


def test_a_folder_without_live_rows_says_what_to_start(folder: tuple[Workspace, Feeds]) -> None:
    workspace, feeds = folder
    with (
        open_live(workspace, feeds) as path,
        pytest.raises(WorkspaceError, match="start `anfl collect --live`"),
    ):
        path.board(now=NOW)


def test_the_live_status_is_json_for_machines(folder: tuple[Workspace, Feeds]) -> None:
    workspace, feeds = folder
    at = datetime.now(UTC)
    spool(workspace, feeds.by_name["gateway"], requests([at] * 30, [150.0] * 30), at)
    told = CliRunner().invoke(
        status_command, ["--live", "--json", "--data-dir", str(workspace.root)]
    )
    rows = {(row["metric_id"], row["subject"]): row for row in json.loads(told.stdout)}
    assert rows["inference_latency", "search"]["status"] == "breached"
    assert rows["inference_latency", "search"]["value"] == 150.0


def test_the_live_status_says_what_to_start_and_what_it_has_not(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    at = datetime.now(UTC)
    spool(workspace, feeds.by_name["gateway"], requests([at] * 30, [150.0] * 30), at)
    arguments = ["--live", "--metric", "revenue", "--data-dir", str(workspace.root)]
    told = CliRunner().invoke(status_command, arguments).stdout
    assert "no live feed brings what is asked for here" in told
    assert "more metrics once there was a build: anfl run" in told
    assert "collector not running: start `anfl collect --live`" in told


@contextmanager
def running(workspace: Workspace, feeds: Feeds, pace: Pace) -> Iterator[Collector]:
    clock = Clock(lambda: datetime.now(UTC), time.monotonic)
    with open_ledger(workspace) as ledger, collecting(workspace):
        found = [live_feed(workspace, ledger, each, feeds.organisation) for each in feeds.feeds]
        collector = Collector(
            [each for each in found if each and each.feed.name == "gateway"],
            Lander(workspace, ledger, feeds.organisation, clock),
            clock,
            lambda _: None,
            pace=pace,
        )
        thread = threading.Thread(target=collector.run)
        thread.start()
        try:
            yield collector
        finally:
            collector.stop()
            thread.join()
            assert collector.finish(patience_s=60)


@pytest.mark.slow
def test_a_reader_beside_a_committing_collector_counts_every_row_once(
    folder: tuple[Workspace, Feeds],
) -> None:
    workspace, feeds = folder
    log = workspace.root.parent / "gateway.jsonl"
    written, counts = 0, []
    with running(workspace, feeds, Pace(commit_every_s=1)), open_live(workspace, feeds) as path:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            at = datetime.now(UTC).isoformat()
            lines = [{"at": at, "service": "a", "ms": 5, "failed": False}] * 20
            with log.open("a") as file:
                file.writelines(json.dumps(each) + "\n" for each in lines)
            written += len(lines)
            judged, _ = path.statuses(now=datetime.now(UTC))
            if judged.height:
                counts.append(newest_count(judged))
                assert counts[-1] <= written
            time.sleep(0.05)
        # What was written last is asked for within a second, and nothing asks once it is stopped.
        while counts[-1] < written and time.monotonic() < deadline + 5:
            judged, _ = path.statuses(now=datetime.now(UTC))
            counts.append(newest_count(judged))
        landed = [each for each in _loads(workspace) if each["accepted"]]
    assert counts == sorted(counts)
    assert len(landed) > 5
    with open_live(workspace, feeds) as path:
        judged, _ = path.statuses(now=datetime.now(UTC))
    assert segment_paths(workspace, "gateway") == []
    assert newest_count(judged) == written


def newest_count(judged: pl.DataFrame) -> int:
    """Requests in the newest window; a service's throughput begins with its first whole window."""
    found = judged.filter(metric_id="inference_latency", subject="a").sort("window_end_at")
    return int(found["sample_count"][-1])


def _loads(workspace: Workspace) -> list[dict[str, object]]:
    with open_ledger(workspace) as ledger:
        return ledger.loads()
