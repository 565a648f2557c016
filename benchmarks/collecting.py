"""What a collector costs: 20 live feeds at 5 seconds, in real time, on loopback and this machine.

`python -m benchmarks.collecting [SECONDS]` (default 180). Asked are at most a tenth of a core, few
files and bounded disk. Great Expectations loads once, within the first minute, and is shown apart:
a day has one such minute.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.schema import LOADS
from anfl_assets.store.workspace import Workspace
from benchmarks.figures import SCRATCH

MOST_CORE_SHARE = 0.10
_RESOURCES, _PROBES, _TAILS = 6, 4, 10
_ROWS_PER_S = 5
_DAY_S = 86_400
# By then the first commit is over and everything is loaded.
_WARM_S = 75.0


@dataclass(frozen=True)
class Spent:
    """A process at some moment: CPU seconds so far, peak memory, and when that was."""

    cpu_s: float
    peak_mib: float
    at_s: float


def main() -> None:
    """Run and print the figures; exit code 1 where the bound is broken."""
    seconds = max(2 * _WARM_S, float(sys.argv[1]) if len(sys.argv) > 1 else 180.0)
    root = SCRATCH / "collecting"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    begun, warm, done = _measured(root, seconds)
    share = (done.cpu_s - warm.cpu_s) / (done.at_s - warm.at_s)
    print(f"until warm             {warm.cpu_s:8.1f} CPU s in {warm.at_s - begun.at_s:.0f} s")
    print(f"then                   {share:8.1%} of a core (bound {MOST_CORE_SHARE:.0%})")
    print(f"peak memory            {done.peak_mib:8,.0f} MiB")
    _tell_disk(Workspace((root / "data").resolve()), seconds)
    sys.exit(share > MOST_CORE_SHARE)


def _measured(root: Path, seconds: float) -> tuple[Spent, Spent, Spent]:
    """Run a collector beside its sources; return what it spent at the start, warm, at the end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    feeds = _write_feeds(root, port=server.server_port)
    is_over = threading.Event()
    threading.Thread(target=_write_logs, args=(root, is_over), daemon=True).start()
    command = [sys.executable, "-m", "anfl_assets.cli", "collect", "--live", "--feeds", str(feeds)]
    env = {**os.environ, "ANFL_DATA_DIR": str(root / "data"), "ANFL_FEEDS": ""}
    collector = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        begun = _spent(collector.pid)
        time.sleep(_WARM_S)
        warm = _spent(collector.pid)
        time.sleep(seconds - _WARM_S)
        return begun, warm, _spent(collector.pid)
    finally:
        collector.send_signal(signal.SIGTERM)
        collector.wait(timeout=60)
        is_over.set()
        server.shutdown()


def _tell_disk(workspace: Workspace, seconds: float) -> None:
    with open_ledger(workspace) as ledger:
        commits = func.count(LOADS.c.landing_id.distinct()).label("commits")
        sums: tuple[Any, ...] = (commits, func.sum(LOADS.c.accepted).label("rows"))
        landed = ledger.rows(select(*sums))[0]
    sizes = [path.stat().st_size for path in workspace.lake_dir.rglob("*") if path.is_file()]
    tables = ("probes", "resources", "requests")
    read = sum(len(lake.files(workspace.table_path(entity))) for entity in tables)
    state = sum(path.stat().st_size for path in workspace.state_dir.iterdir())
    print(f"landed                 {landed['rows']:8,} rows in {landed['commits']} commits")
    print(f"lake                   {len(sizes):8,} files, {read} of them read")
    for name, size in (("lake", sum(sizes)), ("ledger", state)):
        a_day = size / seconds * _DAY_S / 1e6
        print(f"{name:<22} {size / 1e6:8.1f} MB, {a_day:,.0f} MB a day before it is compacted")


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer that all is well."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def _write_feeds(root: Path, *, port: int) -> Path:
    url = f"http://127.0.0.1:{port}/"
    feeds = [
        *(f"  host_{n}: {{entity: resources, host: resources, every: 5 seconds}}"
          for n in range(_RESOURCES)),
        *(f"  pages_{n}: {{entity: probes, every: 5 seconds, "
          f'host: {{probes: [{{component: c{n}, url: "{url}"}}]}}}}'
          for n in range(_PROBES)),
        *(f"  log_{n}: {{entity: requests, tail: log_{n}.jsonl, every: 5 seconds, columns: "
          '{observed_at: {from: at, format: "%Y-%m-%dT%H:%M:%S%.fZ", zone: UTC}, service: service, '
          "latency_ms: ms, is_error: {from: status, values: {ok: false, failed: true}}}}"
          for n in range(_TAILS)),
    ]  # fmt: skip
    path = root / "feeds.yaml"
    path.write_text("feeds:\n" + "\n".join(feeds) + "\n")
    for n in range(_TAILS):
        (root / f"log_{n}.jsonl").touch()
    return path


def _write_logs(root: Path, is_over: threading.Event) -> None:
    files = [(root / f"log_{n}.jsonl").open("a", buffering=1) for n in range(_TAILS)]
    while not is_over.wait(1.0):
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        for n, file in enumerate(files):
            row = {"at": at, "service": f"s{n}", "ms": "12.5", "status": "ok"}
            file.write((json.dumps(row) + "\n") * _ROWS_PER_S)


def _spent(pid: int) -> Spent:
    process = psutil.Process(pid)
    times = process.cpu_times()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return Spent(times.user + times.system, int(peak.split()[1]) / 1024, time.monotonic())


if __name__ == "__main__":
    main()
