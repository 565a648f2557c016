"""What we tell of ourselves as readings: sources, runs and checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.alerting.own_signals import (
    Finished,
    check_readings,
    live_source_readings,
    run_readings,
    source_readings,
)
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.collector_lock import collecting
from anfl_assets.store.feed_states import FeedState, keep_states
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.schema import LOADS
from anfl_assets.store.workspace import Workspace, open_workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEEDS = """\
feeds:
  gateway:
    entity: requests
    tail: gateway.jsonl
    every: 10 seconds
    columns: {observed_at: {from: at, zone: UTC}, service: service, latency_ms: ms, is_error: bad}
  machine: {entity: resources, host: resources, every: 1 minute}
  orders:
    entity: orders
    files: "orders/*.csv"
    expect_every: 1 day
    columns:
      occurred_at: {from: at, zone: UTC}
      order_id: id
      amount: amount
      currency: {constant: EUR}
      kind: {constant: sale}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "data")


@pytest.fixture
def ledger(workspace: Workspace) -> Iterator[Ledger]:
    with open_ledger(workspace) as opened:
        yield opened


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    return load_feeds(path, {})


def state(feed: str, word: str, *, told: timedelta, message: str = "") -> FeedState:
    """How a feed is doing that told everything up to so long ago."""
    at = NOW - told
    return FeedState(
        feed, "requests", "here", 10.0, word, at, at, complete_to=at, message=message, next_at=NOW
    )


def read(
    workspace: Workspace, ledger: Ledger, feeds: Feeds, *states: FeedState
) -> dict[str, Reading]:
    keep_states(ledger, states)
    with ExitStack() as stack:
        stack.enter_context(collecting(workspace))
        found = source_readings(workspace, ledger, feeds, now=NOW)
    return {each.subject: each for each in found}


def test_what_never_brought_anything_has_no_data_to_lose(
    workspace: Workspace, ledger: Ledger, feeds: Feeds
) -> None:
    found = read(workspace, ledger, feeds)
    assert [(each.status, each.window_end_at) for each in found.values()] == [("no_data", None)] * 3


@pytest.mark.parametrize("word", ["down", "faulty"])
def test_a_running_system_that_is_not_heard_for_longer_than_it_may_is_breached(
    workspace: Workspace, ledger: Ledger, feeds: Feeds, word: str
) -> None:
    down = state("gateway", word, told=timedelta(minutes=3), message="connection refused")
    found = read(workspace, ledger, feeds, down)["gateway"]
    assert (found.status, found.value, found.threshold) == ("breached", 180.0, 120.0)
    assert (found.since, found.feed) == (NOW - timedelta(minutes=1), "gateway")
    assert found.detail == "connection refused"


def test_one_that_is_down_for_a_moment_or_tells_late_is_fine(
    workspace: Workspace, ledger: Ledger, feeds: Feeds
) -> None:
    found = read(
        workspace,
        ledger,
        feeds,
        state("gateway", "down", told=timedelta(seconds=90)),
        state("machine", "ok", told=timedelta(minutes=20)),
    )
    assert (found["gateway"].status, found["machine"].status) == ("on_target", "on_target")
    assert found["machine"].threshold == 300.0


def test_one_that_nobody_asks_any_more_is_breached_and_says_what_to_start(
    workspace: Workspace, ledger: Ledger, feeds: Feeds
) -> None:
    landed(ledger, "gateway", NOW - timedelta(minutes=10))
    [gateway, machine] = live_source_readings(workspace, ledger, feeds, now=NOW)
    assert (gateway.status, machine.status) == ("breached", "no_data")
    assert "start `anfl collect --live`" in gateway.detail


def test_files_that_are_overdue_are_off_target_since_they_were_due(
    workspace: Workspace, ledger: Ledger, feeds: Feeds
) -> None:
    landed(ledger, "orders", NOW - timedelta(hours=30))
    found = read(workspace, ledger, feeds)["orders"]
    assert (found.status, found.value, found.threshold) == ("off_target", 108_000.0, 86_400.0)
    assert found.since == NOW - timedelta(hours=6)
    assert found.detail == "a file is expected every 1 day (orders/*.csv)"


def landed(ledger: Ledger, feed: str, at: datetime) -> None:
    """Let a load of the feed have landed, its events up to the same moment."""
    row = {
        "landing_id": feed, "feed": feed, "source": "s", "entity": "requests", "path": feed,
        "content_sha256": "0", "definition_sha256": "0", "size_bytes": 0, "status": "landed",
        "received": 1, "accepted": 1, "quarantined": 0, "duplicates": 0, "superseded": 0,
        "started_at": at, "landed_at": at, "first_event_at": at, "last_event_at": at, "message": "",
    }  # fmt: skip
    with ledger.transaction() as connection:
        connection.execute(insert(LOADS), [row])


def test_a_failed_run_is_breached_with_its_error_until_the_job_succeeds() -> None:
    failed, fine = run_readings(
        [Finished("everything", NOW, "kpis: disk full"), Finished("collect", NOW)]
    )
    assert (failed.metric_id, failed.subject, failed.status) == (
        "run_success", "everything", "breached"
    )  # fmt: skip
    assert (failed.value, failed.threshold, failed.detail) == (0.0, 1.0, "kpis: disk full")
    assert (fine.status, fine.value, fine.judged_at) == ("on_target", 1.0, NOW)


def test_a_broken_check_is_a_reading_by_source_and_check() -> None:
    [broken] = check_readings([Finished("orders/orders_meets_expectations", NOW, "2 broken")])
    assert (broken.metric_id, broken.status) == ("check_success", "breached")
    assert broken.subject == "orders/orders_meets_expectations"
