"""A board of 1,000 subjects a metric, live and built, until it is what alerting judges."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.alerting.readings import open_readings
from anfl_assets.flow.build import build
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.store.spool import Note, SpoolWriter, spool_folder
from anfl_assets.store.workspace import Workspace, open_workspace
from benchmarks.figures import SCRATCH, measured, report_waits
from tests.integration.seeded_lake import SeededLake

SUBJECTS = 1_000
_NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_LOOKS = 20
_EVERY = timedelta(seconds=5)
_LIVE = ("requests", "probes", "resources", "scalings")
_FEEDS = """\
organisation: {name: Bench}
feeds:
  requests:
    entity: requests
    tail: requests.jsonl
    every: 5 seconds
    columns: {observed_at: {from: at, zone: UTC}, service: service, latency_ms: ms, is_error: bad}
  probes:
    entity: probes
    tail: probes.jsonl
    every: 5 seconds
    max_carry: 6 hours
    columns: {observed_at: {from: at, zone: UTC}, component: component, is_up: up}
  resources:
    entity: resources
    tail: resources.jsonl
    every: 5 seconds
    columns: {observed_at: {from: at, zone: UTC}, host: host, resource: kind, utilization_pct: used}
  scalings:
    entity: scalings
    tail: scalings.jsonl
    every: 5 seconds
    columns:
      requested_at: {from: at, zone: UTC}
      ready_at: {from: ready, zone: UTC}
      service: service
  responses:
    entity: responses
    files: responses.csv
    columns:
      answered_at: {from: at, zone: UTC}
      score: score
      scale_min: {constant: 1}
      scale_max: {constant: 5}
      segment: segment
  market_sizes:
    entity: market_sizes
    files: market_sizes.csv
    columns:
      period_start_on: start
      period_end_on: end
      market: market
      company: company
      amount: amount
      unit: {constant: EUR}
      report: {constant: simulated}
"""


def main() -> None:
    """Print how long the board takes to be read first, and then again and again."""
    folder = SCRATCH / "alerting_board"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workspace, feeds = _filled(folder)
    found = measured(read, str(workspace.root), str(feeds.path))
    first_s, again_s, rows, firing = found.result
    report_waits(
        "a board of 1,000 subjects a metric, read",
        again_s,
        f"{rows:,} readings, {firing:,} off target; {first_s:.1f} s at first; "
        f"{found.peak_mib:,.0f} MiB",
    )
    shutil.rmtree(folder)


def read(root: str, feeds_path: str) -> tuple[float, list[float], int, int]:
    """Read the board every five seconds; return seconds at first and then, and what was read."""
    took_s, rows, firing = [], 0, 0
    began = time.perf_counter()
    feeds = load_feeds(Path(feeds_path), os.environ)
    with open_readings(open_workspace(Path(root)), feeds) as readings:
        for number in range(_LOOKS + 1):
            found = readings.at(_NOW + number * _EVERY)
            took_s.append(time.perf_counter() - began)
            rows = len(found)
            firing = sum(each.status in ("off_target", "breached") for each in found)
            began = time.perf_counter()
    return took_s[0], took_s[1:], rows, firing


def _filled(folder: Path) -> tuple[Workspace, Feeds]:
    """Land and build an hour of what is live and all of what is not; spool the last minute."""
    (folder / "feeds.yaml").write_text(_FEEDS)
    workspace = open_workspace(folder / "data")
    feeds = load_feeds(folder / "feeds.yaml", os.environ)
    lake = SeededLake(workspace, feeds)
    for entity in _LIVE:
        history = [_rows(entity, _NOW - n * timedelta(minutes=5)) for n in range(2, 14)]
        lake.land(entity, pl.concat(history))
    lake.land("responses", _responses())
    lake.land("market_sizes", _market_sizes())
    assert build(workspace, feeds, now=_NOW).status == "published"
    for entity in _LIVE:
        good = _rows(entity, _NOW - timedelta(minutes=1)).with_columns(
            line=pl.lit(1, pl.Int64), row_key=pl.lit(None, pl.String)
        )
        writer = SpoolWriter(spool_folder(workspace, entity))
        kept = spooled(entity, good, pl.DataFrame(schema={"rule": pl.String}))
        writer.append(kept, Note("{}", _NOW, _NOW))
        writer.roll()
    return workspace, feeds


def _rows(entity: str, at: datetime) -> pl.DataFrame:
    """Return thirty requests of each service, or one row of each other subject."""
    names = [f"subject-{number:04}" for number in range(SUBJECTS)]
    rows: dict[str, list[tuple[object, ...]]] = {
        "requests": [(at, name, 20.0 + n, False) for n in range(30) for name in names],
        "probes": [(at, name, True, None) for name in names],
        "resources": [(at, name, "cpu", 40.0) for name in names],
        "scalings": [(at, at + timedelta(seconds=12), name, None, None) for name in names],
    }
    return pl.DataFrame(rows[entity], schema=dict(TABLES[entity].schema), orient="row")


def _responses() -> pl.DataFrame:
    """Return twenty answers of each segment within the last ten days."""
    rows = [
        (_NOW - timedelta(hours=12 * n + 1), None, 4.0, 1.0, 5.0, f"segment-{number:04}", None)
        for n in range(20)
        for number in range(SUBJECTS)
    ]
    return pl.DataFrame(rows, schema=dict(TABLES["responses"].schema), orient="row")


def _market_sizes() -> pl.DataFrame:
    """Return two years of quarters of each market, our own and another company's part."""
    starts = [date(year, month, 1) for year in (2024, 2025) for month in (1, 4, 7, 10)]
    quarters = pl.DataFrame({"start": starts}).select(
        "start", pl.col("start").dt.offset_by("2mo").dt.month_end().alias("end")
    )
    rows = [
        (start, end, f"market-{number:04}", company, amount, "EUR", "simulated")
        for start, end in quarters.iter_rows()
        for number in range(SUBJECTS)
        for company, amount in (("Bench", 100.0 + start.year - 2024), ("Other", 300.0))
    ]
    return pl.DataFrame(rows, schema=dict(TABLES["market_sizes"].schema), orient="row")


if __name__ == "__main__":
    main()
