"""`anfl feeds status` answers whether data comes in, and says what to do where it does not."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from anfl_assets.cli.main import anfl
from anfl_assets.store.collector_lock import collecting
from anfl_assets.store.feed_states import FeedState, keep_states
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEEDS = """
feeds:
  machine: {entity: resources, host: resources, every: 5 seconds}
  pages:
    entity: probes
    host: {probes: [{component: pages, url: "http://127.0.0.1:1/"}]}
    every: 1 minute
  sales:
    entity: orders
    files: "*.csv"
    columns:
      occurred_at: at
      order_id: id
      amount: amount
      currency: {constant: EUR}
      kind: {constant: sale}
"""
OK = FeedState(
    "machine",
    "resources",
    "this machine's resources",
    5.0,
    state="ok",
    complete_to=NOW - timedelta(seconds=3),
    rows_per_min=48.0,
    next_at=NOW,
    spooled_rows=12,
)
DOWN = FeedState(
    "pages",
    "probes",
    "http://127.0.0.1:1/",
    60.0,
    state="down",
    down_at=NOW - timedelta(minutes=7),
    failures=3,
    message="connection refused",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    made = open_workspace(tmp_path / "data")
    open_ledger(made).close()
    return made


@pytest.fixture
def running(workspace: Workspace) -> Iterator[Workspace]:
    with collecting(workspace), open_ledger(workspace) as ledger:
        keep_states(ledger, [OK, DOWN])
        keep_states(ledger, [OK])
        yield workspace


def status(workspace: Workspace, *more: str) -> str:
    arguments = ["feeds", "status", "--feeds", str(workspace.root.parent / "feeds.yaml")]
    arguments += ["--data-dir", str(workspace.root), "--as-of", NOW.isoformat(), *more]
    result = CliRunner().invoke(anfl, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_collector_it_says_how_to_start_one(workspace: Workspace) -> None:
    told = status(workspace)
    assert "collector not running: start `anfl collect --live` or `anfl up`" in told
    assert "sales: no file has landed; `anfl run` lands files" in told


def test_a_source_that_is_down_says_since_when_and_why(running: Workspace) -> None:
    told = status(running)
    assert "down since 03-01 11:53" in told
    assert "pages: connection refused" in told
    assert "collector not running" not in told


def test_json_has_every_feed_with_numbers(running: Workspace) -> None:
    told = json.loads(status(running, "--json"))
    assert told["is_collecting"] is True
    machine, pages, sales = told["feeds"]
    assert (machine["state"], machine["lag_s"], machine["rows_per_min"]) == ("ok", 3.0, 48.0)
    assert (machine["every"], machine["waiting_rows"]) == ("5 s", 12)
    assert (pages["state"], pages["lag_s"], pages["is_live"]) == ("down", None, True)
    assert (sales["state"], sales["every"], sales["is_live"]) == ("never", "1 day", False)


def test_a_source_that_took_the_question_and_gives_no_answer_is_slow(running: Workspace) -> None:
    with open_ledger(running) as ledger:
        hanging = FeedState(**{**vars(OK), "next_at": NOW - timedelta(minutes=2)})
        keep_states(ledger, [hanging])
    assert json.loads(status(running, "--json"))["feeds"][0]["state"] == "slow"
