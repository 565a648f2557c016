"""Debian's Prometheus and node exporter on free ports of loopback, and an hour of made history.

The history is an OpenMetrics file of two instances of a gateway, one of which restarts; promtool
makes blocks of it. What Prometheus says is asked with urllib, not with the code under test.
"""

from __future__ import annotations

import base64
import json
import random
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("prometheus", "promtool", "prometheus-node-exporter")
HISTORY_AT = datetime(2025, 1, 1, tzinfo=UTC)
SCRAPED_S = 15
_OFFSET_S = 7
USER, PASSWORD = "anfl", "pass word"
# crypt() of the password, at the lowest cost Prometheus takes.
_HASH = "$2b$04$abcdefghijklmnopqrstuuFcV8WPKEefLKdOWfX8pW1yTVya21P7a"
_BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0)
_READY_S = 20.0


def programs_missing() -> str | None:
    """Return why the tests cannot run here."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (.ci/run does)" if missing else None


def _program(name: str) -> str:
    return shutil.which(name) or name


@dataclass
class RealPrometheus:
    """A server that may be killed and started again on the same port and data."""

    folder: Path
    port: int
    exporter_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def exporter_url(self) -> str:
        """Where the node exporter answers."""
        return f"http://127.0.0.1:{self.exporter_port}/metrics"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "config.file": self.folder / "prometheus.yml",
            "web.config.file": self.folder / "web.yml",
            "web.listen-address": f"127.0.0.1:{self.port}",
            "storage.tsdb.path": self.folder / "tsdb",
            "storage.tsdb.retention.time": "100y",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "prometheus.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program("prometheus"), *arguments], stdout=log, stderr=log
            )
        self.wait_until("vector(1)", 1.0)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def wait_until(self, promql: str, least: float) -> None:
        """Wait until the query's only value is at least this."""
        ends = time.monotonic() + _READY_S + least
        while time.monotonic() < ends:
            try:
                found = self.values(promql)
            except OSError:
                found = {}
            if any(value >= least for value in found.values()):
                return
            time.sleep(0.1)
        pytest.fail((self.folder / "prometheus.log").read_text()[-2000:])

    def values(self, promql: str, at: datetime | None = None) -> dict[str, float]:
        """Return an instant query's values by their only label, at a moment or now."""
        asked = {"query": promql} | ({"time": str(at.timestamp())} if at else {})
        found = self.told("query", asked)
        return {next(iter(item["metric"].values()), ""): float(item["value"][1]) for item in found}

    def told(self, what: str, asked: dict[str, str]) -> list[dict[str, Any]]:
        """Return what the API answers."""
        url = f"{self.url}/api/v1/{what}?{urllib.parse.urlencode(asked)}"
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})  # noqa: S310 (loopback)
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return result


@contextmanager
def running(folder: Path) -> Iterator[RealPrometheus]:
    """Run both programs, scraping each other each second, over an hour of history."""
    found = RealPrometheus(folder, *_free_ports())
    (folder / "web.yml").write_text(f"basic_auth_users: {{{USER}: {_HASH}}}\n")
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs: [{job_name: node, static_configs: "
        f"[{{targets: ['127.0.0.1:{found.exporter_port}']}}]}}]\n"
    )
    _make_blocks(folder)
    listen = f"--web.listen-address=127.0.0.1:{found.exporter_port}"
    with (folder / "exporter.log").open("wb") as log:
        command = [_program("prometheus-node-exporter"), listen]
        exporter = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        found.start()
        yield found
    finally:
        found.kill()
        exporter.kill()
        exporter.wait()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _make_blocks(folder: Path) -> None:
    text = folder / "history.txt"
    text.write_text("\n".join([*_history(), "# EOF", ""]))
    command = [
        _program("promtool"),
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        str(text),
    ]
    subprocess.run([*command, str(folder / "tsdb")], check=True, capture_output=True)


def _history() -> Iterator[str]:
    """Yield counters and a histogram of an hour; one instance restarts after half of it."""
    requests, buckets = [], []
    for service, median_s in (("api", 0.08), ("web", 0.3)):
        for instance in ("a", "b"):
            lines = _instance(f'service="{service}",instance="{instance}"', median_s, instance)
            requests += [line for line in lines if line.startswith("http_requests")]
            buckets += [line for line in lines if not line.startswith("http_requests")]
    yield "# TYPE http_requests counter"
    yield from requests
    yield "# TYPE http_request_duration_seconds histogram"
    yield from buckets


def _instance(labels: str, median_s: float, instance: str) -> list[str]:
    chance = random.Random(f"{labels}")  # noqa: S311 (simulated)
    lines, failed, below = [], 0, [0] * (len(_BOUNDS_S) + 1)
    # Not on the minute: PromQL's increase extrapolates, and counts come in fractions.
    for second in range(_OFFSET_S - 120, 3601, SCRAPED_S):
        if instance == "b" and second == 1800 + _OFFSET_S:
            failed, below = 0, [0] * len(below)
        for _ in range(chance.randrange(400, 600)):
            below[bisect_left(_BOUNDS_S, chance.lognormvariate(0, 0.8) * median_s)] += 1
        failed += chance.randrange(0, 12)
        at = int(HISTORY_AT.timestamp()) + second
        total = sum(below)
        lines.append(f'http_requests_total{{{labels},code="200"}} {total} {at}')
        lines.append(f'http_requests_total{{{labels},code="500"}} {failed} {at}')
        for position, bound in enumerate((*_BOUNDS_S, "+Inf")):
            name = f'http_request_duration_seconds_bucket{{{labels},le="{bound}"}}'
            lines.append(f"{name} {sum(below[: position + 1])} {at}")
        lines.append(f"http_request_duration_seconds_count{{{labels}}} {total} {at}")
        lines.append(f"http_request_duration_seconds_sum{{{labels}}} {total * median_s} {at}")
    return lines
