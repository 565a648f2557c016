"""Scrapes of a metrics endpoint: the moment they are of, what is read, what is no exposition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.openmetrics import OpenMetrics
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import FeedError, SourceError, SourceUnavailable
from anfl_assets.store.workspace import Workspace
from tests.unit.collect.connect.scripted_server import packed, serving, whole

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
FEED = """
feeds:
  exporter:
    entity: resources
    openmetrics:
      url: {url}
      samples: {samples}
    columns: {{observed_at: time, host: {{constant: db1}}, resource: {{constant: disk}},
              utilization_pct: {{ratio: [used, size], unit: ratio}}}}
    every: 15 seconds
"""
SAMPLES = "{by: [device], read: {size: fs_size_bytes, used: fs_used_bytes}}"
TEXT = """\
# HELP fs_size_bytes Size
# TYPE fs_size_bytes gauge
fs_size_bytes{device="a"} 200
fs_size_bytes{device="b"} 1e3
fs_used_bytes{device="a"} 50
fs_used_bytes{device="b"} 250
"""


def _feed(folder: Path, url: str, samples: str = SAMPLES) -> Feed:
    (folder / "feeds.yaml").write_text(FEED.format(url=url, samples=samples))
    return load_feeds(folder / "feeds.yaml", {}).by_name["exporter"]


@pytest.fixture
def scrape(tmp_path: Path) -> Callable[..., Pulled]:
    """Serve a text and scrape it once."""

    def run(text: str) -> Pulled:
        with serving(packed(text.encode())) as server:
            feed = _feed(tmp_path, f"{server.url}/metrics?collect=fs")
            assert feed.connector is not None
            pull = feed.connector.open(Workspace(tmp_path), feed.read)
            try:
                pulled = pull.pull(None, now=NOON)
            finally:
                pull.close()
            (request,) = server.requests
        assert (request.path, request.query) == ("/metrics", {"collect": "fs"})
        assert request.headers["Accept"].startswith("application/openmetrics-text")
        return pulled

    return run


def test_a_scrape_is_of_its_moment(scrape: Callable[..., Pulled]) -> None:
    pulled = scrape(TEXT)
    assert pulled.batch.rows.rows(named=True) == [
        {"device": "a", "time": NOON, "size": "200", "used": "50", "__line__": 1},
        {"device": "b", "time": NOON, "size": "1000", "used": "250", "__line__": 2},
    ]
    assert pulled.complete_to == NOON
    assert not pulled.has_more
    assert not pulled.batch.rejects.height


@pytest.mark.parametrize(
    "text",
    [
        'fs_size_bytes{device="a"} 1 1788264000250\n',
        'fs_size_bytes{device="a"} 1 1788264000.25\n# EOF\n',
    ],
)
def test_a_sample_that_states_its_time_keeps_it(scrape: Callable[..., Pulled], text: str) -> None:
    (row,) = scrape(text).batch.rows.rows(named=True)
    assert row["time"] == datetime(2026, 9, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def test_an_exposition_without_what_is_read_is_no_row(scrape: Callable[..., Pulled]) -> None:
    assert scrape("up 1\n").batch.rows.is_empty()


def test_what_is_no_exposition_is_said_with_its_address(scrape: Callable[..., Pulled]) -> None:
    with pytest.raises(SourceError, match=r"http://127.0.0.1:\d+/metrics: no metrics exposition"):
        scrape("<html>log in</html>")


def test_a_server_in_trouble_is_asked_again_later(tmp_path: Path) -> None:
    with serving(whole(b"", 503)) as server:
        connector = _feed(tmp_path, server.url).connector
        assert connector is not None
        with pytest.raises(SourceUnavailable):
            connector.open(Workspace(tmp_path), ()).pull(None, now=NOON)


def test_a_scrape_is_momentary_and_its_rows_are_told_apart_by_time_and_labels(
    tmp_path: Path,
) -> None:
    feed = _feed(tmp_path, "http://db1:9100/metrics?name[]=fs")
    assert isinstance(feed.connector, OpenMetrics)
    assert feed.connector.is_momentary
    assert feed.connector.address == "http://db1:9100/metrics"
    assert feed.key == ("time", "device")
    with pytest.raises(SourceError, match="nothing is read as free; there are device, time"):
        feed.connector.open(Workspace(tmp_path), ("free",))


def test_faults_of_a_section_are_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(FeedError) as raised:
        _feed(tmp_path, "db1:9100", "{by: [device], reed: {}}")
    keys = [fault.key.removeprefix("feeds.exporter.openmetrics.") for fault in raised.value.faults]
    assert keys == ["url", "samples.reed", "samples.read"]


def test_samples_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="which samples become rows"):
        _feed(tmp_path, "http://h", "null")


@pytest.mark.parametrize("key", ["openmetrics", "prometheus"])
def test_an_empty_section_is_a_fault(tmp_path: Path, key: str) -> None:
    text = f"feeds: {{x: {{entity: resources, {key}: null, columns: {{}}}}}}"
    (tmp_path / "feeds.yaml").write_text(text)
    with pytest.raises(FeedError, match=f"feeds.x.{key}: found nothing; expected url and"):
        load_feeds(tmp_path / "feeds.yaml", {})
