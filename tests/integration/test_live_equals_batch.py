"""One definition, two speeds: a closed window has the same value live and in the batch.

A hundred days of uneven rows are built; then the live path looks at the same lake as it would have
at the end of a window, with what was built ten minutes earlier, and must say what the batch says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

import polars as pl
import pytest
from sqlalchemy import insert

from anfl_assets.catalog import load_catalog
from anfl_assets.collect.organisation import Maintenance, Organisation
from anfl_assets.flow.bind import meta_tables
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.frames import TABLES
from anfl_assets.measure.engine import Engine, open_engine
from anfl_assets.measure.snapshot import LiveFeed, Snapshot
from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.schema import LIVE_LOADS
from tests.integration import seeded_rows as rows
from tests.integration.seeded_lake import SeededLake, day, days, differences, feed, seeded_lake

ACME = Organisation(
    name="Acme",
    maintenance=(Maintenance("api", day("2026-03-01"), day("2026-03-01") + timedelta(hours=5)),),
)
FEEDS = (
    feed("requests_eu", "requests"),
    feed("requests_us", "requests"),
    feed("logs", "accesses"),
    feed("minutes", "request_windows"),
    feed("fives", "request_windows"),
    feed("pings", "probes", max_carry=timedelta(hours=6)),
    feed("hosts", "resources"),
    feed("scaler", "scalings"),
)
GENERATORS = {
    "requests_eu": partial(rows.requests, seed=1, services=("search", "chat")),
    "requests_us": partial(rows.requests, seed=2, services=("search",)),
    "logs": partial(rows.accesses, seed=3),
    "minutes": partial(
        rows.request_windows, seed=4, window_s=60, services=("batch", "chat"), share=0.02
    ),
    "fives": partial(rows.request_windows, seed=5, window_s=300, services=("night",), share=0.3),
    "pings": partial(rows.probes, seed=8, components=("api", "db"), every_h=3),
    "hosts": partial(rows.resources, seed=10),
    "scaler": partial(rows.scalings, seed=11),
}
HISTORY = days("2026-02-20", 20)
_COMPARED = (
    "metric_id",
    "subject",
    "grain",
    "window_start_at",
    "window_end_at",
    "value",
    "sample_count",
    "status",
    "is_alertable",
    "target_value",
    "threshold_value",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SeededLake:
    landed = {name: generate(HISTORY) for name, generate in GENERATORS.items()}
    # a service is logged, or reports its own performance, not both
    landed["logs"] = landed["logs"].filter(pl.col("service") == "web")
    folder, loads = seeded_lake(tmp_path_factory.mktemp("live"), ACME, FEEDS, landed)
    # every feed is a running system that has told everything, with rows or without
    with open_ledger(folder.workspace) as ledger, ledger.transaction() as connection:
        told = [
            {
                "load_id": max(ids),
                "cursor": "{}",
                "polled_at": HISTORY[-1],
                "complete_to": HISTORY[-1] + timedelta(days=1),
            }
            for ids in loads.values()
        ]
        connection.execute(insert(LIVE_LOADS), told)
    folder.build()
    return folder


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(load_definitions(), load_catalog()) as opened:
        yield opened


def snapshot(folder: SeededLake, at: datetime, *, spooled: bool = False) -> Snapshot:
    """What the live path finds at `at`; `spooled` rows of March are not in the lake yet."""
    workspace = folder.workspace
    model = "int_model_orchestration__request_windows"
    found = {entity: lake.read(workspace.table_path(entity)) for entity in TABLES}
    tail = {
        name: frame.filter(pl.col(TABLES[name].event_at) >= day("2026-03-01"))
        for name, frame in found.items()
        if frame is not None and spooled
    }
    loads = {load for frame in tail.values() for load in frame["load_id"]}
    return Snapshot(
        feeds=tuple(
            LiveFeed(
                each.name,
                each.entity,
                told_at=at,
                built_at=at - timedelta(minutes=10),
                carry=each.max_carry or timedelta(minutes=15),
            )
            for each in FEEDS
        ),
        files={entity: lake.files(workspace.table_path(entity)) for entity in TABLES},
        tail={
            name: {"march": frame.select("feed", "row_key", *TABLES[name].schema)}
            for name, frame in tail.items()
        },
        loads_in_tail=tuple(loads),
        history={model: lake.files(workspace.mart_path(model))},
        meta={
            name: table
            for name, table in meta_tables(load_catalog(), folder.feeds, []).items()
            if name != "watermarks"
        },
    )


def moments(statuses: pl.DataFrame, count: int) -> list[datetime]:
    """Ends of windows in which something happened, from a seed."""
    ends = statuses.filter(pl.col("grain") == "5 minutes")["window_end_at"].unique().sort()
    return Random(7).sample(  # noqa: S311 - a fixed choice
        ends.to_list(), count
    )


@pytest.mark.slow
@pytest.mark.parametrize("spooled", [False, True])
def test_every_technical_metric_has_the_same_value_live_and_in_the_batch(
    built: SeededLake, engine: Engine, *, spooled: bool
) -> None:
    batch = built.published()["fct_metric_status"]
    compared: set[str] = set()
    for at in moments(batch, 25):
        live = engine.statuses(snapshot(built, at, spooled=spooled))
        live_now = live.filter(pl.col("window_end_at") == at, pl.col("grain") == "5 minutes")
        batch_now = batch.filter(pl.col("window_end_at") == at, pl.col("grain") == "5 minutes")
        found = differences(live_now.select(_COMPARED), batch_now.select(_COMPARED))
        assert not found, f"{at}: " + "\n".join(found)
        compared |= set(live_now["metric_id"])
        # events are looked at for a day; one that is not ready is judged by its age so far
        settled = (pl.col("grain") == "event") & (pl.col("window_end_at") <= at)
        looked_at = settled & (pl.col("window_start_at") > at - timedelta(hours=23))
        events = live.filter(looked_at).select(_COMPARED)
        ended = pl.col("window_end_at") < at
        found = differences(
            events.filter(ended), batch.filter(looked_at).filter(ended).select(_COMPARED)
        )
        assert not found, f"{at}: " + "\n".join(found)
        compared |= set(events["metric_id"])
    assert compared == {
        metric.metric_id for metric in load_catalog().metrics.values() if metric.is_technical
    }
