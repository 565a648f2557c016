"""`anfl feeds infer` as a person meets it, on real files, databases and endpoints."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anfl_assets.cli.feeds import command
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.read import read_feed_file
from anfl_assets.errors import SourceError

REAL = Path(os.environ.get("ANFL_REAL_DATA", "../shared/data"))
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "entity", "rows", "refused"),
    [
        ("system_logs/nab/realAWSCloudwatch/ec2_cpu_utilization_825cc2.csv", "resources", 4032, 0),
        ("performance_data/azure_llm_2023/AzureLLMInferenceTrace_code.csv", "requests", 8819, 0),
        ("usage_analytics/github_dau/github_dau_2011-2018_train.csv", "usage_windows", 2285, 0),
        ("usage_analytics/online_retail/online_retail_first5k.csv", "orders", 5000, 0),
        ("usage_analytics/online_retail/online_retail.parquet", "orders", 541909, 0),
        ("customer_feedback/anon_reviews/anonreviews.csv.gz", "responses", 135347, 0),
        ("system_logs/elastic_apache_logs/apache_logs", "accesses", 9999, 1),
        ("system_logs/upptime_curc/status_events.csv", "probes", 13617, 0),
    ],
)
def test_the_draft_for_a_real_file_loads_without_fault_and_reads_it(
    path: str, entity: str, rows: int, refused: int, *, tmp_path: Path
) -> None:
    source = REAL / path
    if not source.is_file():
        pytest.skip(f"real file {source} is absent (see ANFL_REAL_DATA)")
    told = run("infer", source, "-o", tmp_path / "feeds.yaml", "--name", "drafted")
    assert told.exit_code == 0, told.output
    feeds = load_feeds(tmp_path / "feeds.yaml", {})
    feed = feeds.by_name["drafted"]
    assert feed.entity == entity
    (found,) = find_files(feed)
    collected = read_feed_file(feed, found, now=NOW, organisation=feeds.organisation)
    assert (collected.rows.height, collected.rejects.height) == (rows, refused)


def test_a_draft_for_a_table_is_pulled_by_its_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("shop.db")) as connection:
        connection.execute("create table orders (order_no, total, currency, updated_at)")
        given = [(n, f"{n}.10", "EUR", f"2026-08-{n:02} 10:00:00") for n in range(1, 29)]
        connection.executemany("insert into orders values (?, ?, ?, ?)", given)
        connection.commit()
    (tmp_path / "conf").mkdir()
    told = run("infer", "sqlite:///shop.db", "--table", "orders", "-o", "conf/feeds.yaml")
    assert told.exit_code == 0, told.output
    feed = load_feeds(tmp_path / "conf/feeds.yaml", {}).by_name["orders"]
    assert feed.key == ("order_no",)
    assert run("check", "--feeds", "conf/feeds.yaml").exit_code == 0
    shown = run("preview", "orders", "--feeds", "conf/feeds.yaml", "--json")
    assert json.loads(shown.output)["received"] == 28


@contextmanager
def serving(answers: dict[str, str]) -> Iterator[str]:
    """Answer these paths, 404 for any other."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write((found or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_an_endpoint_of_metrics_is_scraped_as_its_draft_says(tmp_path: Path) -> None:
    text = "node_memory_MemTotal_bytes 100\nnode_memory_MemAvailable_bytes 25\n"
    with serving({"/metrics": f"# EOF\n{text}".replace("# EOF\n", "# HELP x y\n")}) as url:
        path = tmp_path / "feeds.yaml"
        assert run("infer", f"{url}/metrics", "-o", path).exit_code == 0
        shown = run("preview", "resources", "--feeds", path, "--json")
    assert json.loads(shown.output)["rows"][0]["utilization_pct"] == 75.0


def test_a_prometheus_server_is_known_by_its_api(tmp_path: Path) -> None:
    names = {"status": "success", "data": ["node_cpu_seconds_total", "up"]}
    answers = {
        "/api/v1/status/buildinfo": '{"status": "success", "data": {}}',
        "/api/v1/label/__name__/values": json.dumps(names),
    }
    path = tmp_path / "feeds.yaml"
    with serving(answers) as url:
        assert run("infer", url, "-o", path).exit_code == 0
    feed = load_feeds(path, {}).by_name["resources"]
    assert feed.connector is not None
    assert "node_cpu_seconds_total" in path.read_text()


def test_the_guess_is_also_there_as_data(tmp_path: Path) -> None:
    (tmp_path / "nps.csv").write_text("date,score,comment\n2026-03-01,9,good\n")
    told = json.loads(run("infer", tmp_path / "nps.csv", "--json").output)
    assert told["entity"] == "responses"
    assert {line["column"]: line["value"] for line in told["columns"]}["score"] == "score"
    assert "feeds:" in told["yaml"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.csv", "no such file"),
        ("ftp://x", "give http, https, postgresql"),
        ("sqlite:///shop.db", "which table"),
        ("http://127.0.0.1:1/metrics", "refused"),
        ("http://me:canary@127.0.0.1:1/metrics", "without user and password"),
        ("postgresql://me:canary@127.0.0.1:1/shop --table t", "refused"),
    ],
)
def test_a_mistake_is_told_without_a_password(source: str, message: str) -> None:
    told = run("infer", *source.split())
    assert told.exit_code != 0
    assert message in str(told.exception)
    assert "canary" not in f"{told.exception} {told.output}"


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "nps.csv").write_text("date,score\n2026-03-01,9\n")
    (tmp_path / "feeds.yaml").write_text("mine")
    assert run("infer", tmp_path / "nps.csv", "-o", tmp_path / "feeds.yaml").exit_code == 2
    assert (tmp_path / "feeds.yaml").read_text() == "mine"


def test_a_name_no_feed_can_have_and_a_file_that_is_there_are_told_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    (tmp_path / "feeds.yaml").write_text("mine\n")
    kept = run("infer", "http://127.0.0.1:1/", "-o", tmp_path / "feeds.yaml")
    assert (kept.exit_code, "exists and is kept" in kept.output) == (2, True)
    named = run("infer", "http://127.0.0.1:1/", "--name", "bad name!")
    assert (named.exit_code, "beginning with a letter" in named.output) == (2, True)


@pytest.mark.parametrize(
    ("source", "told"), [("http://[::1", "no address"), (".", "a folder; give one of its files")]
)
def test_what_is_neither_a_file_nor_an_address_is_the_persons_to_mend(
    source: str, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        CliRunner().invoke(command, ["infer", source], catch_exceptions=False)
