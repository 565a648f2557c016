"""The real server of the pages on the year's folder, and beside it a source that never stops.

A collector follows a growing file of a thousand requests a second of the fifty services, so that
the live page has something to judge. The server is a process of its own: what it takes is its
alone.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil

from anfl_assets.cli.address import free_port
from anfl_assets.store.workspace import open_workspace
from benchmarks.figures import SCRATCH
from benchmarks.gateway import GATEWAY
from benchmarks.judged_year import SUBJECTS, write_year

_PER_S = 1_000
_READY_S = 120.0
_MIB = 1024**2


@dataclass(frozen=True)
class Server:
    """A running `anfl serve`."""

    address: str
    folder: Path
    process: psutil.Process

    @property
    def cpu_s(self) -> float:
        """Seconds of processor it has taken."""
        taken = self.process.cpu_times()
        return float(taken.user + taken.system)

    @property
    def memory_mib(self) -> float:
        """Memory it has now."""
        return float(self.process.memory_info().rss) / _MIB


@contextmanager
def year_folder() -> Iterator[tuple[Path, int]]:
    """Make the folder of a year that ends now; yield it with how many windows it has."""
    folder = SCRATCH / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "feeds.yaml").write_text(GATEWAY)
    (folder / "gateway.jsonl").touch()
    now = datetime.now(UTC)
    until = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    try:
        yield folder, write_year(open_workspace(folder / "data"), until=until)
    finally:
        shutil.rmtree(folder)


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Start the pages; ready is who answers that they are there."""
    port = free_port("127.0.0.1", None)
    address = f"http://127.0.0.1:{port}"
    arguments = ["serve", "--data-dir", str(folder / "data"), "--port", str(port)]
    with _anfl(folder, *arguments) as process:
        deadline = time.monotonic() + _READY_S
        while not _answers(address):
            assert process.poll() is None, "the pages did not start"
            assert time.monotonic() < deadline, "the pages are not ready"
            time.sleep(0.05)
        yield Server(address, folder, psutil.Process(process.pid))


@contextmanager
def live_source(folder: Path) -> Iterator[None]:
    """Write a thousand requests a second and collect them, until the end."""
    over = threading.Event()
    writer = threading.Thread(target=_write, args=(folder / "gateway.jsonl", over))
    with _anfl(folder, "collect", "--live"):
        writer.start()
        try:
            yield
        finally:
            over.set()
            writer.join()


@contextmanager
def _anfl(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        **os.environ,
        "ANFL_DATA_DIR": str(folder / "data"),
        "ANFL_FEEDS": str(folder / "feeds.yaml"),
    }
    command = [str(Path(sys.executable).with_name("anfl")), *arguments]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").is_success
    except httpx.HTTPError:
        return False


def _write(path: Path, over: threading.Event) -> None:
    """Append a second's requests each second; every tenth service is too slow."""
    while not over.wait(1.0):
        at = datetime.now(UTC).isoformat()
        with path.open("a") as file:
            file.writelines(_line(number, at) for number in range(_PER_S))


def _line(number: int, at: str) -> str:
    service = number % SUBJECTS
    ms = 120 if service % 10 == 3 else 20 + number % 20  # noqa: PLR2004 - every tenth
    record = {"at": at, "service": f"service-{service:02}", "ms": ms, "failed": False}
    return f"{json.dumps(record)}\n"
