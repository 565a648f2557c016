"""What Debian's Prometheus and node exporter say is what comes in: history, live, after a crash."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.mapping import Mapped, Mapping
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.flow.ask_feed import ask_feed
from anfl_assets.flow.landing import Place
from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration.real_prometheus import (
    HISTORY_AT,
    PASSWORD,
    USER,
    RealPrometheus,
    programs_missing,
    running,
)

_MISSING = programs_missing()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_MISSING is not None, reason=_MISSING or ""),
]
HISTORY_TO = HISTORY_AT + timedelta(hours=1)
ALL = "sum by (service) (increase(http_requests_total[1m]))"
FAILED = 'sum by (service) (increase(http_requests_total{code="500"}[1m]))'
BUCKETS = "sum by (service, le) (increase(http_request_duration_seconds_bucket[1m]))"
P95 = f"histogram_quantile(0.95, {BUCKETS})"
CPU = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5s])))'
SERVER = 'url: "${ANFL_PROMETHEUS_URL}", user: "${ANFL_USER}", password: "${ANFL_PASSWORD}"'
FEEDS = f"""
feeds:
  gateway:
    entity: request_windows
    prometheus:
      {{{SERVER}, step: 1 minute, start: 1 hour, by: [service],
       read: {{requests: '{ALL}', errors: '{FAILED}'}},
       histogram: {{latency: '{BUCKETS}', unit: s}}}}
    columns:
      window_start_at: window_start
      window_s: {{constant: 60}}
      service: service
      request_count: requests
      error_count: errors
      latency_buckets: latency_buckets
      latency_counts: latency_counts
  seconds:
    entity: request_windows
    prometheus: {{{SERVER}, step: 1 second, start: 1 hour, by: [service],
                 read: {{requests: '{ALL}'}}}}
    columns: {{window_start_at: window_start, window_s: {{constant: 60}}, service: service,
              request_count: requests, error_count: {{constant: 0}}}}
  cpu:
    entity: resources
    prometheus: {{{SERVER}, step: 1 second, start: 1 minute, lag: 3 seconds, by: [instance],
                 read: {{cpu: '{CPU}'}}}}
    columns: {{observed_at: time, host: instance, resource: {{constant: cpu}},
              utilization_pct: cpu}}
  memory:
    entity: resources
    openmetrics:
      url: ${{ANFL_EXPORTER_URL}}
      samples: {{read: {{free: node_memory_MemFree_bytes, total: node_memory_MemTotal_bytes}}}}
    columns: {{observed_at: time, host: {{constant: here}}, resource: {{constant: memory}},
              utilization_pct: {{ratio: [{{difference: [total, free]}}, total], unit: ratio}}}}
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPrometheus]:
    """Both programs, running."""
    with running(tmp_path_factory.mktemp("prometheus")) as found:
        yield found


def _feed(server: RealPrometheus, name: str, **replaced: str) -> Feed:
    path, text = server.folder / "feeds.yaml", FEEDS
    for old, new in replaced.items():
        text = text.replace(old, new)
    path.write_text(text)
    variables = {
        "ANFL_PROMETHEUS_URL": server.url,
        "ANFL_EXPORTER_URL": server.exporter_url,
        "ANFL_USER": USER,
        "ANFL_PASSWORD": PASSWORD,
    }
    return load_feeds(path, variables).by_name[name]


def _open(feed: Feed) -> Pull:
    assert feed.connector is not None
    return feed.connector.open(Workspace(feed.root), feed.read)


def _pulled(feed: Feed, *, now: datetime) -> Pulled:
    pull = _open(feed)
    try:
        return pull.pull(None, now=now)
    finally:
        pull.close()


def _mapped(feed: Feed, pulled: Pulled, *, now: datetime) -> Mapped:
    return Mapping(feed, Organisation(), now).apply(pulled.batch)


def test_an_hour_of_history_is_what_promql_says(prometheus: RealPrometheus) -> None:
    feed = _feed(prometheus, "gateway")
    mapped = _mapped(feed, _pulled(feed, now=HISTORY_TO), now=HISTORY_TO)
    assert (mapped.rejects.height, mapped.rows.height) == (0, 2 * 61)
    assert mapped.rows["row_key"].n_unique() == 2 * 61
    for minute in range(61):
        at = HISTORY_AT + timedelta(minutes=minute)
        requests, failed = prometheus.values(ALL, at), prometheus.values(FAILED, at)
        assert set(requests) == {"api", "web"}
        p95 = prometheus.values(P95, at)
        for row in mapped.rows.filter(window_start_at=at - timedelta(minutes=1)).to_dicts():
            service = row["service"]
            assert abs(row["request_count"] - requests[service]) <= 0.5
            assert abs(row["error_count"] - failed[service]) <= 0.5
            assert row["error_count"] <= row["request_count"]
            assert _p95_s(row) == pytest.approx(p95[service], rel=0.02)


def test_history_lands_whole_and_once(prometheus: RealPrometheus, tmp_path: Path) -> None:
    feed, workspace = _feed(prometheus, "gateway"), open_workspace(tmp_path)
    landed = []
    with open_ledger(workspace) as ledger:
        for now in (HISTORY_TO - timedelta(minutes=10), HISTORY_TO, HISTORY_TO):
            told = ask_feed(Place(workspace, ledger, Organisation(), now), feed)
            assert told.problems == ()
            landed += [(load.received, load.accepted) for load in told.loads]
    assert landed == [(2 * 52, 2 * 52), (2 * 10, 2 * 10)]
    rows = lake.read(workspace.table_path(feed.entity))
    assert rows is not None
    assert rows["row_key"].n_unique() == rows.height == 2 * 62


def _p95_s(row: dict[str, list[int]]) -> float:
    """Nearest rank over the log buckets, as the models take it."""
    wanted, reached = 0.95 * sum(row["latency_counts"]), 0
    for bucket, count in zip(row["latency_buckets"], row["latency_counts"], strict=True):
        reached += count
        if reached >= wanted:
            return float(2 * 1.02**bucket / 2.02 / 1000)
    return float("nan")


def test_a_restarted_instance_is_no_negative_count(prometheus: RealPrometheus) -> None:
    feed = _feed(prometheus, "gateway")
    rows = _mapped(feed, _pulled(feed, now=HISTORY_TO), now=HISTORY_TO).rows
    assert rows["request_count"].min() > 1000  # type: ignore[operator] # two instances, 400 a scrape


def test_history_is_fetched_in_parts_each_second_once(prometheus: RealPrometheus) -> None:
    feed = _feed(prometheus, "seconds")
    pull, cursor, times, parts = _open(feed), None, [], 0
    while True:
        pulled = pull.pull(cursor, now=HISTORY_TO)
        cursor, parts = pulled.cursor, parts + 1
        times += pulled.batch.rows["time"].to_list()
        if not pulled.has_more:
            break
    pull.close()
    assert parts == 4
    expected = prometheus.told("query_range", _range(ALL, HISTORY_AT, HISTORY_TO))
    seconds = sorted(point[0] for series in expected for point in series["values"])
    assert sorted(at.timestamp() for at in times) == seconds
    assert len(times) == 2 * 3601


def _range(promql: str, first: datetime, last: datetime) -> dict[str, str]:
    times = {"start": str(first.timestamp()), "end": str(last.timestamp())}
    return {"query": promql, **times, "step": "1"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("up{", "answers 400: .*parse error"),
        ("node_cpu_seconds_total", "more than one series for instance=.*: aggregate"),
        ("scalar(vector(1))", "no series of the query has a label of instance"),
        ('"text"', "answers 400: .*string"),
        (
            "node_cpu_seconds_total * on (cpu) node_cpu_seconds_total",
            "answers 422: found duplicate series",
        ),
    ],
)
def test_a_query_that_cannot_be_used_is_told_in_prometheus_words(
    prometheus: RealPrometheus, query: str, said: str
) -> None:
    prometheus.wait_until("count_over_time(node_load1[1m])", 3)
    feed = _feed(prometheus, "cpu", **{CPU: query})
    with pytest.raises(SourceError, match=f"query 'cpu': .*{said}") as raised:
        _pulled(feed, now=datetime.now(UTC))
    assert not raised.value.recoverable


def test_a_wrong_password_is_not_let_in_and_not_shown(prometheus: RealPrometheus) -> None:
    feed = _feed(prometheus, "cpu", ANFL_USER="ANFL_PASSWORD")
    with pytest.raises(SourceError, match=r"not let in \(401\)") as raised:
        _pulled(feed, now=datetime.now(UTC))
    assert PASSWORD not in str(raised.value)


def test_a_scrape_of_the_node_exporter_is_a_row_of_now(prometheus: RealPrometheus) -> None:
    now, feed = datetime.now(UTC), _feed(prometheus, "memory")
    mapped = _mapped(feed, pulled := _pulled(feed, now=now), now=now)
    (row,) = mapped.rows.select(feed.table.schema.names()).to_dicts()
    assert (row["observed_at"], row["host"], row["resource"]) == (now, "here", "memory")
    assert 0 < row["utilization_pct"] < 100
    memory = next(
        line for line in Path("/proc/meminfo").read_text().splitlines() if "Total" in line
    )
    assert int(pulled.batch.rows["total"][0]) == int(memory.split()[1]) * 1024


def test_live_points_come_once_through_a_crash_and_are_what_promql_says(
    prometheus: RealPrometheus,
) -> None:
    prometheus.wait_until("count_over_time(node_load1[1m])", 18)
    feed = _feed(prometheus, "cpu")
    pull = _open(feed)
    frames, cursor = [], None
    for _ in range(3):
        pulled = pull.pull(cursor, now=datetime.now(UTC))
        cursor = pulled.cursor
        frames.append(pulled.batch.rows)
        time.sleep(1.3)
    prometheus.kill()
    with pytest.raises(SourceUnavailable):
        pull.pull(cursor, now=datetime.now(UTC))
    prometheus.start()
    prometheus.wait_until("count_over_time(node_load1[5s])", 4)
    pulled = pull.pull(cursor, now=datetime.now(UTC))
    frames.append(pulled.batch.rows)
    pull.close()
    assert all(frame.height for frame in frames)
    _assert_told_once(frames)
    _assert_as_promql_says(prometheus, feed, frames, pulled.complete_to)


def _assert_told_once(frames: list[pl.DataFrame]) -> None:
    """A point comes again only with another value, as a scrape's that was under way."""
    rows = pl.concat(frames)
    assert not rows.select("time", "instance", "cpu").is_duplicated().any()
    assert rows.height - rows["time"].n_unique() <= 3


def _assert_as_promql_says(
    prometheus: RealPrometheus, feed: Feed, frames: list[pl.DataFrame], to: datetime | None
) -> None:
    assert feed.key == ("time", "instance")
    rows = pl.concat(frames).unique(["time", "instance"], keep="last").sort("time")
    settled = rows.filter(pl.col("time") <= to)
    assert settled.height > 12
    first, last = settled["time"].min(), settled["time"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    (series,) = prometheus.told("query_range", _range(CPU, first, last))
    assert [point[0] for point in series["values"]] == [at.timestamp() for at in settled["time"]]
    for row in settled.to_dicts():
        said = prometheus.values(CPU, row["time"])
        assert said == {row["instance"]: pytest.approx(row["cpu"], rel=1e-9, abs=1e-9)}
