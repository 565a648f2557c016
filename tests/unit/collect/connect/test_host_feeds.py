"""Feeds of this machine: what they may say, and what they bring through the mapping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.host import Builds, Probes, Resources
from anfl_assets.collect.connect.host_probe import Page, Port
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.mapping import Mapping
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import FeedError
from anfl_assets.store import builds
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
FEEDS = """
feeds:
  this_machine:
    entity: resources
    host: resources
    every: 5 seconds
  own_pages:
    entity: probes
    host:
      probes:
        - {component: pages, url: "http://127.0.0.1:${ANFL_PAGES_PORT:-3000}/server_info?t=1"}
        - {component: database, address: 127.0.0.1, port: 5432}
      timeout: 3 seconds
    every: 5 seconds
  own_builds: {entity: scalings, host: builds, every: 1 minute}
  own_work: {entity: work_items, host: builds, key: [build, team]}
"""


def feeds_of(folder: Path, text: str) -> dict[str, Feed]:
    """Return the feeds of a file with this text, by name."""
    path = folder / "feeds.yaml"
    path.write_text(text)
    return dict(load_feeds(path, {}).by_name)


def faults_of(folder: Path, feed: str) -> list[str]:
    """Return every fault of a file with this one feed, without the file's name."""
    with pytest.raises(FeedError) as raised:
        feeds_of(folder, f"feeds:\n  a: {feed}\n")
    return [str(fault).partition("yaml: ")[2] for fault in raised.value.faults]


def pulled(feed: Feed, folder: Path, cursor: str | None = None) -> Pulled:
    """Return one pull of the feed."""
    assert feed.connector is not None
    pull = feed.connector.open(Workspace(folder), feed.read)
    try:
        return pull.pull(cursor, now=NOW)
    finally:
        pull.close()


def test_a_feed_of_this_machine_says_what_it_asks_and_needs_no_columns(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, FEEDS)
    page = Page("pages", "http://127.0.0.1:3000/server_info?t=1")
    assert feeds["this_machine"].connector == Resources()
    assert feeds["own_pages"].connector == Probes(
        (page, Port("database", "127.0.0.1", 5432)), timedelta(seconds=3)
    )
    assert feeds["own_builds"].connector == Builds("scalings")
    assert feeds["own_builds"].key == ("build",)
    assert feeds["own_work"].key == ("build", "team")
    assert set(feeds["this_machine"].columns) == {
        *("observed_at", "host", "resource", "utilization_pct"),
    }
    assert [feeds[name].connector.is_momentary for name in feeds] == [True] * 4  # type: ignore[union-attr]
    assert feeds["own_pages"].connector.address == (
        "http://127.0.0.1:3000/server_info, 127.0.0.1:5432"
    )


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        pytest.param(
            "{entity: probes, host: resources}",
            ["feeds.a.entity: found 'probes'; expected resources: that is what host resources"],
            id="an entity the kind is not",
        ),
        pytest.param(
            "{entity: orders, host: builds}",
            ["feeds.a.entity: found 'orders'; expected scalings or work_items: that is what"],
            id="builds are two entities",
        ),
        pytest.param(
            "{entity: probes, host: probes}",
            ["feeds.a.host: found 'probes'; expected a mapping with probes"],
            id="probes of nothing",
        ),
        pytest.param(
            "{entity: probes, host: {probes: []}}",
            ["feeds.a.host.probes: found []; expected a list of at least one"],
            id="no probe",
        ),
        pytest.param(
            "{entity: probes, host: {probes: [{url: 'ftp://x/'}, {component: b, port: 1}]}}",
            ["component: found nothing", "url: found ***", "found neither; expected either url"],
            id="every fault of every probe",
        ),
        pytest.param(
            "{entity: probes, host: {probes: [{component: a, url: 'http://u:secret@x/'}]}}",
            ["url: found ***; expected http://host/path or https://…, without user and password"],
            id="a password in a URL, which is not shown",
        ),
        pytest.param(
            "{entity: probes, host: {probes: [{component: a, address: x, port: 0}], timeout: 1 d}}",
            ["port: found 0", "timeout: found '1 d'"],
            id="a port and a timeout that cannot be",
        ),
        pytest.param(
            "{entity: resources, host: cpu}",
            ["feeds.a.host: found 'cpu'; expected one of resources, probes, builds"],
            id="an unknown kind",
        ),
    ],
)
def test_what_cannot_be_is_said_with_what_can(
    feed: str, expected: list[str], tmp_path: Path
) -> None:
    told = "\n".join(faults_of(tmp_path, feed))
    assert [part for part in expected if part not in told] == [], told
    assert "secret" not in told


def test_this_machine_brings_rows_that_the_mapping_takes_whole(tmp_path: Path) -> None:
    feed = feeds_of(tmp_path, FEEDS)["this_machine"]
    found = pulled(feed, tmp_path)
    mapped = Mapping(feed, Organisation(), NOW).apply(found.batch)
    assert mapped.rejects.height == 0
    rows = mapped.rows
    assert (
        {"cpu", "memory", "disk"} <= set(rows["resource"]) <= {"cpu", "memory", "disk", "network"}
    )
    assert rows["utilization_pct"].is_between(0, 100).all()
    assert rows["utilization_pct"].is_finite().all()
    assert set(rows["observed_at"]) == {NOW}
    assert (found.complete_to, found.has_more) == (NOW, False)


def test_a_build_is_told_when_it_runs_and_again_when_it_has_ended(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, FEEDS)
    _begin(tmp_path, "first")
    running = pulled(feeds["own_builds"], tmp_path)
    assert running.batch.rows["ready_at"].to_list() == [None]
    again = pulled(feeds["own_builds"], tmp_path, running.cursor)
    assert again.batch.rows.height == 0
    assert again.cursor == running.cursor
    _finish(tmp_path, "first", "published")
    ended = pulled(feeds["own_builds"], tmp_path, again.cursor)
    organisation = Organisation()
    told = [
        Mapping(feeds["own_builds"], organisation, NOW).apply(part.batch).rows
        for part in (running, ended)
    ]
    assert told[0]["row_key"].to_list() == told[1]["row_key"].to_list() != [None]
    assert told[1]["requested_at"].to_list() == [NOW - timedelta(minutes=5)]
    assert told[1]["ready_at"].to_list() == [NOW - timedelta(minutes=3)]
    assert told[1]["service"].to_list() == ["anfl build"]
    assert pulled(feeds["own_builds"], tmp_path, ended.cursor).batch.rows.height == 0


def test_a_build_that_failed_or_was_killed_is_never_ready(tmp_path: Path) -> None:
    work = feeds_of(tmp_path, FEEDS)["own_work"]
    _begin(tmp_path, "killed")
    before = pulled(work, tmp_path)
    _begin(tmp_path, "failed")
    _finish(tmp_path, "failed", "failed")
    _begin(tmp_path, "good")
    _finish(tmp_path, "good", "published")
    after = pulled(work, tmp_path, before.cursor)
    rows = after.batch.rows
    assert rows["build"].to_list() == ["failed", "good"]
    assert rows["done_at"].to_list() == [None, NOW - timedelta(minutes=3)]
    assert set(rows["team"]) == {"data team"}
    assert set(rows["kind"]) == {"incremental build"}
    assert pulled(work, tmp_path, after.cursor).batch.rows.height == 0


def _begin(folder: Path, build_id: str) -> None:
    with open_ledger(Workspace(folder)) as ledger:
        builds.begin(
            ledger,
            build_id,
            is_full=False,
            definition_sha256="0" * 64,
            consumed_load_id=0,
            watermarks={},
            started_at=NOW - timedelta(minutes=5),
        )


def _finish(folder: Path, build_id: str, status: str) -> None:
    with open_ledger(Workspace(folder)) as ledger:
        builds.finish(
            ledger,
            build_id,
            status=status,
            tables={},
            compiled={},
            finished_at=NOW - timedelta(minutes=3),
        )


def test_a_host_that_says_nothing_is_a_fault_beside_others(tmp_path: Path) -> None:
    told = faults_of(tmp_path, "{entity: resources, host: null, hosts: 1}")

    assert [fault.partition(":")[0] for fault in told][:2] == ["feeds.a.hosts", "feeds.a.host"]
