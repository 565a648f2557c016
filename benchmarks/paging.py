"""From a row that makes a value cross to the first critical message, through the real daemon.

`anfl up` runs on a folder of its own: collector, code, daemon, pages, sandbox, watcher. Beside it,
where Debian's are installed, Prometheus and Alertmanager tell of the same kind of crossing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace, open_workspace
from benchmarks import paging_beside
from benchmarks.cpu import cpu_s
from benchmarks.figures import SCRATCH, report_waits
from benchmarks.gateway import GATEWAY

CROSSINGS = 40
_SEED = 7
_AT_REST_S = 60.0
_START_LIMIT_S = 300.0
_PAGE_LIMIT_S = 60.0
_FAST_MS, _SLOW_MS = 20, 900
# Between two crossings; longer than the daemon's look, so that each meets it at another phase.
_PAUSE_S = (6.0, 11.0)
# Each service is an incident of its own; what its few requests mean to other metrics pages nobody.
_ALERTS = """\
group_by: [metric, subject]
metrics:
  inference_latency: {for: 1 evaluation}
routes:
  - {name: idle, match: {metric: throughput}, severity: information, channels: [Dashboard]}
"""


@dataclass(frozen=True)
class Paged:
    """When the row was written, its evaluation began, and the first message was received."""

    written: float
    evaluated: float
    received: float

    @property
    def waited_s(self) -> float:
        """Seconds until somebody could know."""
        return self.received - self.written


@dataclass(frozen=True)
class Up:
    """A running `anfl up`."""

    workspace: Workspace
    log: Path
    sandbox: str
    process: subprocess.Popen[bytes]

    def write(self, *rows: tuple[str, int]) -> float:
        """Append requests as the gateway would; return the moment."""
        at = datetime.now(UTC)
        lines = [
            json.dumps({"at": at.isoformat(), "service": service, "ms": ms, "failed": False})
            for service, ms in rows
        ]
        with self.log.open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))
        return at.timestamp()

    def messages(self) -> list[dict[str, Any]]:
        """Return what the pager has received."""
        address = f"{self.sandbox}/messages?provider=pagerduty"
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - http, our own address
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def paged(self, service: str, written: float) -> Paged | None:
        """Return when it was told that a service is slow, None as long as it was not."""
        with open_alerts(self.workspace) as store:
            about = {
                incident.incident_id: incident.opened_at.timestamp()
                for incident in store.open_incidents()
                for member in store.members(incident.incident_id)
                if member.key[:2] == ("inference_latency", service)
            }
        received = [
            (datetime.fromisoformat(each["received_at"]).timestamp(), about[number])
            for each in self.messages()
            if (number := int(each["incident_id"] or 0)) in about
        ]
        if not received:
            return None
        first, evaluated = min(received)
        return Paged(written, evaluated, first)


def main() -> None:
    """Print what alerting takes at rest, how long a crossing waits, and how long it does beside."""
    with _up() as running:
        _report_at_rest(running)
        _report_crossings(running)
    paging_beside.main()


def _report_at_rest(running: Up) -> None:
    before = cpu_s(running.process.pid)
    time.sleep(_AT_REST_S)
    after = cpu_s(running.process.pid)
    shares = {name: 100 * (after[name] - before.get(name, 0)) / _AT_REST_S for name in after}
    told = ", ".join(f"{name} {share:.0f} %" for name, share in sorted(shares.items()) if share > 0)
    print(f"of a core at rest, over {_AT_REST_S:.0f} s{'':<12}{told}", flush=True)


def _report_crossings(running: Up) -> None:
    chance = random.Random(_SEED)  # noqa: S311 - nothing secret
    found = []
    running.write(("service-0", _FAST_MS))
    for number in range(CROSSINGS):
        time.sleep(chance.uniform(*_PAUSE_S))
        found.append(_cross(running, number))
    waits_s = [each.waited_s for each in found]
    until_s = statistics.median(each.evaluated - each.written for each in found)
    after_s = statistics.median(each.received - each.evaluated for each in found)
    report_waits(
        "a row that crosses until the first page",
        waits_s,
        f"until evaluated {until_s:.1f} s, then evaluated, kept and sent {after_s:.1f} s",
    )


def _cross(running: Up, number: int) -> Paged:
    """Let one service become slow while the next is seen to be well."""
    service = f"service-{number}"
    written = running.write((service, _SLOW_MS), (f"service-{number + 1}", _FAST_MS))
    while time.time() - written < _PAGE_LIMIT_S:
        found = running.paged(service, written)
        if found is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"nobody was told of {service} within {_PAGE_LIMIT_S:.0f} s")


@contextmanager
def _up() -> Iterator[Up]:
    """Run `anfl up` on a new folder; it is quiet once everything was built."""
    folder = (SCRATCH / "paging").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    workspace = open_workspace(folder / "data")
    (folder / "feeds.yaml").write_text(GATEWAY.replace("5 seconds", "1 second"))
    (workspace.root / "alerts.yaml").write_text(_ALERTS)
    log, said = folder / "gateway.jsonl", folder / "up.log"
    log.touch()
    command = [str(Path(sys.executable).with_name("anfl")), "up"]
    env = {**os.environ, "ANFL_DATA_DIR": str(workspace.root)}
    env |= {"ANFL_FEEDS": str(folder / "feeds.yaml"), "PYTHONUNBUFFERED": "1"}
    with (
        said.open("wb") as out,
        subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _until_said(said, "first run         ", "done", process)
            [page] = [
                line.split()[2]
                for line in said.read_text().splitlines()
                if line.startswith("sandbox page")
            ]
            yield Up(workspace, log, page, process)
        finally:
            process.send_signal(signal.SIGINT)
    shutil.rmtree(folder)


def _until_said(said: Path, start: str, end: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_LIMIT_S
    while not any(line.startswith(start) and end in line for line in said.read_text().splitlines()):
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < until, said.read_text()
        time.sleep(0.5)


if __name__ == "__main__":
    main()
