"""The live path: every technical metric over the last 5 minutes at 1,000 requests a second.

Measured on an hour's lake and on one that has had a day of small commits; then the time from the
moment a source writes an event until the live status judges it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.flow.live import open_live
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.store import lake, landings
from anfl_assets.store.landings import Landing, Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.spool import Note, SpoolWriter, spool_folder
from anfl_assets.store.tidy import RAW, tidy
from anfl_assets.store.workspace import Workspace, open_workspace
from benchmarks.figures import SCRATCH
from benchmarks.gateway import GATEWAY

_PER_S = 1_000
_BUSY_MINUTES = 30
# Builds run every five minutes over what landed within the last.
_BUILT_MINUTES_AGO = 6
_SERVICES = 20
_EVALUATIONS = 20
_EVENTS = 12
_LIMIT_S = 30.0


def main() -> None:
    """Print what an evaluation takes, and how long an event waits for its judgement."""
    load_definitions()
    for commits in (60, 1_440):
        _report_evaluation(commits)
    _report_wait()


def _report_evaluation(commits: int) -> None:
    workspace, feeds = _folder("evaluation")
    now = datetime.now(UTC)
    rows = _fill(workspace, feeds, now, commits)
    took_ms: list[float] = []
    judged = pl.DataFrame()
    with open_live(workspace, feeds) as path:
        path.statuses(now=now)
        for _ in range(_EVALUATIONS):
            started = time.perf_counter()
            judged, _ = path.statuses(now=now)
            took_ms.append(1000 * (time.perf_counter() - started))
    # The newest window has the last 5 minutes, or the benchmark measured something else.
    rate = judged.filter(metric_id="throughput", subject="all").sort("window_end_at")["value"][-1]
    assert abs(rate - _PER_S) < 0.02 * _PER_S, rate
    files = len(lake.files(workspace.table_path("requests")))
    print(
        f"live evaluation, lake of {commits:>5,} commits{'':<9}{rows:>12,} rows "
        f"{statistics.median(took_ms):>8.0f} ms  (slowest {max(took_ms):.0f} of {_EVALUATIONS}; "
        f"{files} files; {rate:,.0f} req/s judged)",
        flush=True,
    )
    shutil.rmtree(workspace.root.parent)


def _folder(name: str) -> tuple[Workspace, Feeds]:
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "feeds.yaml").write_text(GATEWAY)
    return open_workspace(folder / "data"), load_feeds(folder / "feeds.yaml", os.environ)


def _fill(workspace: Workspace, feeds: Feeds, now: datetime, commits: int) -> int:
    """Commit minute by minute, tidied as the collector does; build; leave the last in the spool."""
    path = workspace.table_path("requests")
    built_at = now - timedelta(minutes=_BUILT_MINUTES_AGO)
    total, dates = 0, set[date]()
    for minute in range(commits, 1, -1):
        frame = _requests(now - timedelta(minutes=minute), _rate(minute), seed=minute)
        day = pl.col("observed_at").dt.date()
        landed = frame.with_columns(
            feed=pl.lit("gateway"),
            load_id=pl.lit(1 if minute > _BUILT_MINUTES_AGO else 2, pl.Int64),
            row_key=pl.lit(None, pl.String),
            date=day,
            month=day.dt.truncate("1mo"),
        )
        lake.append(path, landed.select(TABLES["requests"].landed_schema.names()), metadata={})
        tidy(path, RAW, metadata={})
        total += frame.height
        dates |= set(landed["date"].unique())
    _account(workspace, total, (now - timedelta(minutes=commits), built_at), frozenset(dates))
    assert build(workspace, feeds, now=now).status == "published"
    last = _requests(now - timedelta(minutes=1), _PER_S, seed=0)
    good = last.with_columns(line=pl.lit(1, pl.Int64), row_key=pl.lit(None, pl.String))
    refused = pl.DataFrame(schema={"rule": pl.String})
    writer = SpoolWriter(spool_folder(workspace, "gateway"))
    for piece in good.iter_slices(5 * _PER_S):
        writer.append(spooled("requests", piece, refused), Note("{}", now, now))
    writer.roll()
    return total + last.height


def _account(
    workspace: Workspace, rows: int, span: tuple[datetime, datetime], dates: frozenset[date]
) -> None:
    """Write the load that a build needs to see."""
    load = Load(
        path="live/0",
        content_sha256="0" * 64,
        size_bytes=0,
        received=rows,
        accepted=rows,
        first_event_at=span[0],
        last_event_at=span[1],
        dates=dates,
    )
    landing = Landing(
        "bench", "gateway", "performance_data", "requests", "0" * 64, span[1], (load,),
        pl.DataFrame(schema={"load": pl.Int64}),
    )  # fmt: skip
    with open_ledger(workspace) as ledger:
        landings.stage(ledger, landing)
        landings.settle(ledger, "bench", at=span[1])


def _rate(minute: int) -> int:
    return _PER_S if minute <= _BUSY_MINUTES else 10


def _requests(start: datetime, per_s: int, *, seed: int) -> pl.DataFrame:
    """A minute of requests, evenly spread; latency is exponential, one in a thousand fails."""
    count = per_s * 60
    n = pl.int_range(count)
    share = (n.hash(seed) % 1_000_000).cast(pl.Float64) / 1_000_000
    return pl.select(
        observed_at=pl.lit(start).dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        + pl.duration(microseconds=n * (60_000_000 // count)),
        service=pl.format("service-{}", n % _SERVICES),
        latency_ms=-30.0 * (1 - share).log(),
        is_error=share > 0.999,  # noqa: PLR2004 - one in a thousand
    )


def _report_wait() -> None:
    """Run the real collector; write a slow request now and then, and look when it is judged."""
    workspace, feeds = _folder("wait")
    log = feeds.feeds[0].root / "gateway.jsonl"
    log.touch()
    command = [str(Path(sys.executable).with_name("anfl")), "collect", "--live"]
    env = {**os.environ, "ANFL_DATA_DIR": str(workspace.root), "ANFL_FEEDS": str(feeds.path)}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as collector:
        try:
            waits_s = [_wait_s(workspace, feeds, log, n) for n in range(_EVENTS)]
        finally:
            collector.send_signal(signal.SIGINT)
    print(
        f"an event written until it is judged, every 5 s{'':<16}{_EVENTS} events "
        f"{statistics.median(waits_s):>8.1f} s   (slowest {max(waits_s):.1f})",
        flush=True,
    )
    shutil.rmtree(workspace.root.parent)


def _wait_s(workspace: Workspace, feeds: Feeds, log: Path, number: int) -> float:
    service = f"service-{number}"
    record = {"at": datetime.now(UTC).isoformat(), "service": service, "ms": 900, "failed": False}
    with log.open("a") as file:
        file.write(json.dumps(record) + "\n")
    written = time.monotonic()
    with open_live(workspace, feeds) as path:
        while time.monotonic() - written < _LIMIT_S + 30 * (number == 0):
            judged, _ = path.statuses(now=datetime.now(UTC))
            if judged.height and service in set(judged.filter(status="breached")["subject"]):
                return time.monotonic() - written
            time.sleep(0.1)
    raise AssertionError(f"{service} was not judged within {_LIMIT_S:.0f} s")


if __name__ == "__main__":
    main()
