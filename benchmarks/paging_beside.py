"""A crossing told by Debian's Prometheus and Alertmanager: at their defaults, and tuned."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

from benchmarks.figures import SCRATCH, report_waits

_PROGRAMS = ("prometheus", "prometheus-alertmanager")
_CROSSINGS = 30
_SEED = 7
_READY_S, _LIMIT_S = 60.0, 120.0
_FAST_MS, _SLOW_MS = 20, 900
_RULES = """\
groups:
  - name: bench
    rules: [{alert: slow, expr: latency_ms > 100}]
"""
_SCRAPING = """\
global: {{scrape_interval: {every}, evaluation_interval: {every}}}
rule_files: [rules.yml]
scrape_configs: [{{job_name: gateway, static_configs: [{{targets: ["{source}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{manager}"]}}]}}]}}
"""
# Each service is told by itself, as here; otherwise the second waits for five minutes.
_TELLING = """\
route: {{receiver: hook, group_by: [service], group_wait: {wait}}}
receivers: [{{name: hook, webhook_configs: [{{url: "http://{source}/hook"}}]}}]
"""


@dataclass
class _Source:
    """What Prometheus scrapes, and where Alertmanager tells of it."""

    address: str = ""
    slow: set[str] = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the latency of every service now."""
        return "".join(
            f'latency_ms{{service="{name}"}} {_SLOW_MS if name in self.slow else _FAST_MS}\n'
            for name in _services()
        )

    def hear(self, body: bytes) -> None:
        """Take in what Alertmanager says."""
        for alert in json.loads(body)["alerts"]:
            self.told.setdefault(alert["labels"]["service"], time.monotonic())


def main() -> None:
    """Print how long a crossing waits at the defaults, and at a second each."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        print(f"beside Prometheus: skipped, not installed: {', '.join(missing)}", flush=True)
        return
    _report("Prometheus and Alertmanager, as they come", every="15s", wait="30s")
    _report("Prometheus and Alertmanager, at 1 s", every="1s", wait="0s")


def _report(name: str, *, every: str, wait: str) -> None:
    chance = random.Random(_SEED)  # noqa: S311 - nothing secret
    written: dict[str, float] = {}
    with _running(every, wait) as source:
        for service in _services():
            time.sleep(chance.uniform(0.5, 2.0))
            source.slow.add(service)
            written[service] = time.monotonic()
        until = time.monotonic() + _LIMIT_S
        while len(source.told) < len(written):
            assert time.monotonic() < until, f"told of {len(source.told)} of {len(written)}"
            time.sleep(0.1)
        waits_s = [source.told[service] - at for service, at in written.items()]
    report_waits(name, waits_s, f"asked and judged every {every}, grouped for {wait}")


def _services() -> list[str]:
    return [f"service-{number}" for number in range(_CROSSINGS)]


@contextmanager
def _running(every: str, wait: str) -> Iterator[_Source]:
    """Run both programs on a new folder, until the source has been scraped."""
    folder = (SCRATCH / "paging_beside").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        source = stack.enter_context(_source())
        scraper, manager = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
        (folder / "rules.yml").write_text(_RULES)
        (folder / "prometheus.yml").write_text(
            _SCRAPING.format(every=every, source=source.address, manager=manager)
        )
        (folder / "alertmanager.yml").write_text(_TELLING.format(wait=wait, source=source.address))
        stack.enter_context(
            _program(
                folder, "prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml",
                f"--web.listen-address={manager}", f"--storage.path={folder}/told",
                "--cluster.listen-address=",
            )
        )  # fmt: skip
        stack.enter_context(
            _program(
                folder, "prometheus", f"--config.file={folder}/prometheus.yml",
                f"--web.listen-address={scraper}", f"--storage.tsdb.path={folder}/tsdb",
            )
        )  # fmt: skip
        _until_scraped(scraper)
        yield source
    shutil.rmtree(folder)


@contextmanager
def _program(folder: Path, name: str, *options: str) -> Iterator[None]:
    path = shutil.which(name) or name
    with (
        (folder / f"{name}.log").open("wb") as log,
        subprocess.Popen([path, *options], cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            yield
        finally:
            process.kill()


@contextmanager
def _source() -> Iterator[_Source]:
    source = _Source()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(source.text.encode())

        def do_POST(self) -> None:
            source.hear(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        source.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield source
        finally:
            server.shutdown()
            thread.join()


def _until_scraped(scraper: str) -> None:
    until = time.monotonic() + _READY_S
    while True:
        try:
            with urlopen(f"http://{scraper}/api/v1/query?query=count(latency_ms)") as answer:
                if json.load(answer)["data"]["result"]:
                    return
        except OSError:
            pass
        assert time.monotonic() < until, "Prometheus has scraped nothing"
        time.sleep(0.2)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    main()
