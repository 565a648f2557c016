"""The long fault campaign: landing and building are killed at random, then compared with calm ones.

Not part of `make test`: it takes minutes. `ANFL_CAMPAIGN_KILLS` says how often (default 40); the
seed is fixed, the moments the kills hit are not.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.land import land
from anfl_assets.report.published import open_published
from anfl_assets.store import lake
from anfl_assets.store.builds import last_published
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace
from benchmarks.volumes import write_days, write_feeds

NOW = datetime(2027, 1, 1, tzinfo=UTC)
KILLS = int(os.environ.get("ANFL_CAMPAIGN_KILLS", "40"))
LONGEST_S = 12.0
COMPARED = ("int_model_orchestration__request_windows", "fct_metric_observation", "fct_status_day")
_PROJECT = Path(__file__).parents[2]
_WORK = """
import sys
from pathlib import Path
from tests.campaign.test_random_kills import bring_up_to_date
bring_up_to_date(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def bring_up_to_date(root: Path, feeds_path: Path) -> None:
    """Land and build what is new."""
    feeds, workspace = load_feeds(feeds_path, {}), open_workspace(root)
    land(workspace, feeds, now=NOW)
    build(workspace, feeds, now=NOW)


def kill_while_working(root: Path, feeds_path: Path, after_s: float) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORK, str(root), str(feeds_path)],
        cwd=_PROJECT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def published_rows(root: Path, model: str) -> pl.DataFrame:
    with open_published(Workspace(root)) as published:
        version = published.build.tables[model]
    found = lake.read(Workspace(root).mart_path(model), version=version)
    assert found is not None
    return found.sort(pl.all().exclude(pl.List(pl.Int16), pl.List(pl.Int64)))


def assert_readers_see_one_whole_build(root: Path) -> None:
    """A reader opens every table of the newest pin; before the first there is nothing to open."""
    with open_ledger(open_workspace(root)) as ledger:
        if last_published(ledger) is None:
            return
    with open_published(Workspace(root)) as published:
        for model in published.build.tables:
            published.rows(f"select count(*) as n from {published.table(model)}")  # noqa: S608


@pytest.mark.slow
def test_random_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20241116)  # noqa: S311 - when to kill, not a secret
    feeds_path = write_feeds(tmp_path / "raw", suffix="parquet", with_windows=False)
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    written = 0
    for n in range(KILLS):
        written += write_days(
            tmp_path / "raw", range(n, n + 1), requests_a_day=3_000, with_windows=False, seed=5
        )
        kill_while_working(killed, feeds_path, chance.uniform(0.5, LONGEST_S))
        assert_readers_see_one_whole_build(killed)
    for root in (killed, calm):
        bring_up_to_date(root, feeds_path)
    landed = lake.read(Workspace(killed).table_path("requests"))
    assert landed is not None
    assert landed.height == written
    with open_ledger(Workspace(killed)) as ledger:
        loads = ledger.loads()
    assert sum(load["accepted"] for load in loads if load["status"] == "landed") == written
    for model in COMPARED:
        assert_frame_equal(published_rows(killed, model), published_rows(calm, model))
