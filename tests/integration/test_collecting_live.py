"""The collector with real sources, spool, lake and ledger: what is told, kept, killed, healed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import LandingError, WorkspaceError
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.collector import Collector, Pace
from anfl_assets.flow.land import land
from anfl_assets.flow.land_round import Lander
from anfl_assets.flow.live_feed import live_feed
from anfl_assets.flow.watermarks import watermarks
from anfl_assets.store.collector_lock import collecting, is_collecting
from anfl_assets.store.feed_states import feed_states
from anfl_assets.store.ledger import open_ledger
from tests.integration.live_folder import LiveFolder, assert_each_is_there_once

NOW = datetime(2026, 3, 1, 13, tzinfo=UTC)


def folder(root: Path, *names: str) -> LiveFolder:
    place = LiveFolder(root, names or ("numbers",))
    place.write_feeds()
    return place


def until(fact: Callable[[], bool], *, limit_s: float = 90.0) -> None:
    deadline = time.monotonic() + limit_s
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def running(
    place: LiveFolder, *, clock: Clock | None = None, pace: Pace | None = None
) -> Iterator[tuple[Collector, list[str]]]:
    """A collector in a thread; at the end it lands what is spooled."""
    said: list[str] = []
    clock = clock or Clock(lambda: datetime.now(UTC), time.monotonic)
    feeds = load_feeds(place.root / "feeds.yaml", {})
    with open_ledger(place.workspace) as ledger, collecting(place.workspace):
        found = [
            live_feed(place.workspace, ledger, feed, feeds.organisation) for feed in feeds.feeds
        ]
        collector = Collector(
            [each for each in found if each],
            Lander(place.workspace, ledger, feeds.organisation, clock),
            clock,
            said.append,
            pace=pace or Pace(),
        )
        thread = threading.Thread(target=collector.run)
        thread.start()
        try:
            yield collector, said
        finally:
            collector.stop()
            thread.join()
            assert collector.finish(patience_s=60)


def test_a_collector_killed_at_every_point_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    place = folder(tmp_path)
    written = 0
    for point in ("after_spool", "after_stage", "after_commit", "after_settle"):
        place.grow(range(written, written + 250))
        written += 250
        killed = place.collect_once(crash_at=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = place.collect_once()
    assert done.returncode == 0, done.stderr
    assert_each_is_there_once(place, range(1000))
    assert list((place.workspace.root / "spool" / "numbers").iterdir()) == []


def test_a_stopped_collector_lands_what_it_holds_and_ends_well(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.grow(range(20))
    arguments = place.arguments("--commit-every", "2")
    collector = subprocess.Popen(arguments, env=place.environment(), stdout=subprocess.DEVNULL)

    def has_landed() -> bool:
        with open_ledger(place.workspace) as ledger:
            return bool(ledger.loads())

    until(lambda: is_collecting(place.workspace))
    until(has_landed, limit_s=60)
    place.grow(range(20, 50))
    time.sleep(2.5)
    collector.send_signal(signal.SIGTERM)
    assert collector.wait(timeout=30) == 0
    assert_each_is_there_once(place, range(50))


def test_an_edited_feeds_file_is_used_once_it_has_no_fault(tmp_path: Path) -> None:
    place = folder(tmp_path, "numbers", "more")
    path = place.root / "feeds.yaml"
    both = path.read_text()
    path.write_text(both[: both.index("  more:")])
    log = place.root / "log"
    with log.open("w") as out:
        collector = subprocess.Popen(
            place.arguments(), env=place.environment(), stdout=out, stderr=out
        )
    try:
        until(lambda: "collecting from 1 feed " in log.read_text(), limit_s=60)
        time.sleep(0.1)
        path.write_text(both.replace("every: 1 second", "every: often"))
        until(lambda: "not used until it is mended" in log.read_text(), limit_s=60)
        path.write_text(both)
        until(lambda: "collecting from 2 feeds" in log.read_text(), limit_s=60)
        place.grow(range(10), "more")

        def is_told() -> bool:
            with open_ledger(place.workspace) as ledger:
                state = feed_states(ledger).get("more")
            return state is not None and state.rows_total == 10

        until(is_told, limit_s=60)
    finally:
        collector.terminate()
    assert collector.wait(timeout=60) == 0


def test_a_source_that_is_down_is_told_and_goes_on_where_it_was(tmp_path: Path) -> None:
    place = folder(tmp_path)
    down = place.source().with_suffix(".down")
    place.grow(range(10))
    with running(place) as (collector, said):
        until(lambda: collector.states[0].rows_total == 10)
        down.touch()
        until(lambda: collector.states[0].state == "down")
        place.grow(range(10, 20))
        down.unlink()
        until(lambda: collector.states[0].rows_total == 20)
    assert_each_is_there_once(place, range(20))
    assert said[0] == "numbers: down numbers.jsonl: connection refused"
    assert said[1] == "numbers: ok"


def test_garbage_of_one_source_and_slowness_of_another_stop_no_third(tmp_path: Path) -> None:
    place = folder(tmp_path, "numbers", "page", "slow")
    place.source("page").with_suffix(".garbage").touch()
    place.source("slow").with_suffix(".slow").write_text("8")
    with running(place) as (collector, _):
        place.grow(range(10))
        until(lambda: collector.states[0].rows_total == 10)
        place.grow(range(10, 20))
        until(lambda: collector.states[0].rows_total == 20)
        states = {state.feed: state for state in collector.states}
        assert states["page"].state == "faulty"
        assert states["slow"].polled_at is None
    assert_each_is_there_once(place, range(20))


def test_what_a_full_disk_refused_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(tmp_path)
    real_fsync, is_full = os.fsync, threading.Event()

    def fsync(descriptor: int) -> None:
        if is_full.is_set():
            raise OSError(28, "No space left on device")
        real_fsync(descriptor)

    monkeypatch.setattr("anfl_assets.store.spool.os.fsync", fsync)
    with running(place) as (collector, said):
        until(lambda: collector.states[0].state == "idle")
        is_full.set()
        place.grow(range(10))
        until(lambda: collector.states[0].state == "down")
        is_full.clear()
        until(lambda: collector.states[0].rows_total == 10)
    assert "no space left" in said[0]
    assert_each_is_there_once(place, range(10))


def test_a_clock_that_goes_back_is_told_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    place = folder(tmp_path)
    moved = [0.0]
    clock = Clock(
        lambda: datetime.now(UTC) + timedelta(seconds=moved[0]),
        time.monotonic,
    )
    with running(place, clock=clock, pace=Pace(commit_every_s=1)) as (collector, said):
        place.grow(range(10))
        until(lambda: collector.states[0].rows_total == 10)
        moved[0] = -7200
        place.grow(range(10, 20))
        until(lambda: collector.states[0].rows_total == 20)
        moved[0] = 0
        place.grow(range(20, 30))
        until(lambda: collector.states[0].rows_total == 30)
    assert said[0].startswith("the clock jumped by -7200 s")
    assert_each_is_there_once(place, range(30))


def test_a_source_that_has_answered_is_not_asked_again_in_the_same_round(tmp_path: Path) -> None:
    place = folder(tmp_path)
    at_s = [100.0]
    clock = Clock(lambda: NOW, lambda: at_s[0])
    feeds = load_feeds(place.root / "feeds.yaml", {})
    with open_ledger(place.workspace) as ledger, collecting(place.workspace):
        live = live_feed(place.workspace, ledger, feeds.feeds[0], feeds.organisation)
        assert live is not None
        lander = Lander(place.workspace, ledger, feeds.organisation, clock)
        collector = Collector([live], lander, clock, lambda _: None)
        asked = []
        for at_s[0] in (100.0, 100.1, 101.0, 101.1, 102.0, 102.1):
            collector._step()
            flying = collector._watched[0].polled
            asked.append(flying is not None)
            if flying is not None:
                flying.result()
        assert collector.finish(patience_s=60)
    assert asked == [True, False, True, False, True, False]


def test_the_ledger_shows_how_each_feed_is_doing(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.grow(range(10))
    with running(place) as (collector, _):
        until(lambda: collector.states[0].rows_total == 10)

        def is_kept() -> bool:
            with open_ledger(place.workspace) as ledger:
                kept = feed_states(ledger).get("numbers")
            return kept is not None and kept.rows_total == 10

        until(is_kept)
    with open_ledger(place.workspace) as ledger:
        kept = feed_states(ledger)["numbers"]
    assert (kept.state, kept.refused_total, kept.every_s) == ("ok", 2, 1.0)
    assert kept.address == str(place.source())


def test_rows_spooled_for_another_table_wait_and_say_what_to_do(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.grow(range(10))
    with open_ledger(place.workspace) as ledger:
        feeds = load_feeds(place.root / "feeds.yaml", {})
        live = live_feed(place.workspace, ledger, feeds.feeds[0], feeds.organisation)
        assert live is not None
        live.poll(NOW)
    changed = replace(feeds.feeds[0], entity="probes")
    with pytest.raises(LandingError, match="another table than probes"):
        land(place.workspace, replace(feeds, feeds=(changed,)), now=NOW)
    assert land(place.workspace, feeds, now=NOW)[0].received == 10
    assert_each_is_there_once(place, range(10))


def test_two_collectors_never_run_at_once(tmp_path: Path) -> None:
    place = folder(tmp_path)
    with (
        collecting(place.workspace),
        pytest.raises(WorkspaceError, match="a collector runs there already"),
    ):
        collecting(place.workspace).__enter__()


def test_a_run_without_a_collector_asks_the_sources_itself_and_only_once(tmp_path: Path) -> None:
    place = folder(tmp_path)
    place.grow(range(35))
    feeds = load_feeds(place.root / "feeds.yaml", {})
    first = land(place.workspace, feeds, now=NOW)[0]
    assert (first.status, first.received, first.quarantined) == ("landed", 35, 7)
    assert first.lag_s == 0
    assert land(place.workspace, feeds, now=NOW)[0].status == "nothing"
    assert_each_is_there_once(place, range(35))


def test_a_run_beside_a_collector_reports_what_that_landed(tmp_path: Path) -> None:
    place = folder(tmp_path)
    feeds = load_feeds(place.root / "feeds.yaml", {})
    place.grow(range(10))
    land(place.workspace, feeds, now=NOW)
    place.grow(range(10, 20))
    with collecting(place.workspace):
        report = land(place.workspace, feeds, now=NOW + timedelta(minutes=1))[0]
    assert (report.status, report.files, report.received, report.lag_s) == ("live", 1, 10, 60)
    assert_each_is_there_once(place, range(10))


def test_an_idle_source_moves_the_watermark_and_leaves_one_load(tmp_path: Path) -> None:
    place = folder(tmp_path)
    feeds = load_feeds(place.root / "feeds.yaml", {})
    place.grow(range(1, 3))
    for minutes in range(4):
        land(place.workspace, feeds, now=NOW + timedelta(minutes=minutes))
    with open_ledger(place.workspace) as ledger:
        (mark,) = watermarks(ledger, feeds, now=NOW + timedelta(hours=1))
        assert mark.watermark_at == NOW + timedelta(minutes=3)
        assert [load["received"] for load in ledger.loads()] == [0, 2]
        (mark,) = watermarks(ledger, feeds, now=NOW)
        assert mark.watermark_at == NOW
