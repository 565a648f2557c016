"""The `prometheus` section of a feeds file: what is read of it, and every fault at once."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from anfl_assets.collect.connect.http_site import Site
from anfl_assets.collect.connect.prometheus import Prometheus
from anfl_assets.collect.connect.prometheus_queries import Grid, Histogram, Queries, Query
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import FeedError, SourceError
from anfl_assets.store.workspace import Workspace

FEED = """
feeds:
  gateway:
    entity: request_windows
    prometheus:
{asked}
    columns:
      window_start_at: window_start
      window_s: {{constant: 60}}
      service: service
      request_count: requests
      error_count: {{from: errors}}
      latency_p50_ms: p50
    every: 1 minute
"""
ASKED = """
url: http://prom.example
step: 1 minute
start: 1 day
lag: 2 minutes
by: [service]
read:
  requests: sum by (service) (increase(r[1m]))
  errors: {query: "sum by (service) (increase(e[1m]))", absent: 0}
  p50: p
histogram: {latency: "sum by (service, le) (increase(l_bucket[1m]))", unit: ms}
"""


def _feed(folder: Path, asked: str, **replaced: str) -> Feed:
    text = FEED.format(asked=indent(asked, " " * 6))
    for old, new in replaced.items():
        text = text.replace(old, new)
    (folder / "feeds.yaml").write_text(text)
    return load_feeds(folder / "feeds.yaml", {}).by_name["gateway"]


def test_a_whole_section_is_read(tmp_path: Path) -> None:
    feed = _feed(tmp_path, ASKED)
    queries = Queries(
        by=("service",),
        read=(
            Query("requests", "sum by (service) (increase(r[1m]))", is_count=True),
            Query("errors", "sum by (service) (increase(e[1m]))", absent=0.0, is_count=True),
            Query("p50", "p"),
        ),
        histogram=Histogram("latency", "sum by (service, le) (increase(l_bucket[1m]))", 1.0),
        grid=Grid(step_s=60, start_s=86_400, lag_s=120),
    )
    assert feed.connector == Prometheus(Site("http://prom.example"), queries)
    assert feed.key == ("time", "service")
    assert queries.columns == (
        *("time", "window_start", "service", "requests", "errors", "p50"),
        *("latency_buckets", "latency_counts"),
    )


def test_what_is_left_out_is_a_minute_an_hour_and_a_step(tmp_path: Path) -> None:
    connector = _feed(tmp_path, "url: http://h\nread: {requests: r}").connector
    assert isinstance(connector, Prometheus)
    assert connector.queries.grid == Grid(step_s=60, start_s=3600, lag_s=60)
    assert connector.key == ("time",)
    assert (connector.address, connector.is_momentary) == ("http://h", False)


def test_a_feed_may_have_its_own_key_or_none(tmp_path: Path) -> None:
    assert _feed(tmp_path, ASKED, **{"    every:": "    key: [service]\n    every:"}).key == (
        "service",
    )
    assert _feed(tmp_path, ASKED, **{"    every:": "    key: []\n    every:"}).key == ()


def test_every_fault_of_a_section_is_found_in_one_pass(tmp_path: Path) -> None:
    asked = """
url: http://h?x=1
password: hush
step: 1 month
lag: 1 year
by: [bad-label]
read: {time: a, x: [], y: {query: q, absent: none, absnt: 1}, z: {absent: 1}}
histogram: {a: q, b: q}
lags: 1
"""
    with pytest.raises(FeedError) as raised:
        _feed(tmp_path, asked)
    found = {fault.key.removeprefix("feeds.gateway.prometheus.") for fault in raised.value.faults}
    assert {"lags", "password", "user"} & found == {"lags", "password"}
    assert {"step", "lag", "by", "read", "read.x", "read.y.absent"} <= found
    assert {"read.y.absnt", "read.z"} <= found
    assert any(key.endswith("histogram") for key in found)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("url: http://h", "prometheus.read: found None; expected column to query"),
        ("url: http://h?x=1\nread: {requests: r}", "no ? in it"),
        ("url: http://h\nread: {requests: r}\nstep: 2 days", "between 1 second and 1 day"),
        ("url: http://h\nread: {requests: r}\nstep: 1 second\nlag: 2 hours", "at most 5000 steps"),
        ("url: http://h\nread: {requests: r}\nhistogram: {l: q, unit: parsec}", "unit of `le`"),
    ],
)
def test_one_fault_is_one_line(tmp_path: Path, asked: str, said: str) -> None:
    with pytest.raises(FeedError) as raised:
        _feed(tmp_path, asked)
    assert len(raised.value.faults) == 1
    assert said in str(raised.value)


def test_a_column_that_nothing_reads_is_named_with_those_there_are(tmp_path: Path) -> None:
    connector = _feed(tmp_path, "url: http://h\nby: [service]\nread: {requests: r}").connector
    assert connector is not None
    with pytest.raises(SourceError, match="nothing is read as errors; there are time, window"):
        connector.open(Workspace(tmp_path), ("requests", "errors"))
