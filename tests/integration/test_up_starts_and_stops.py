"""`anfl up` answers on loopback, holds its folder, tells of a breach, leaves no process behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.store.collector_lock import is_collecting
from anfl_assets.store.workspace import open_workspace

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = "from anfl_assets.cli.main import main; main()"
_FEEDS = """\
feeds:
  orders:
    entity: orders
    files: "orders/*.csv"
    columns:
      occurred_at: {from: at, format: "%Y-%m-%d", zone: UTC}
      customer_id: customer
      order_id: id
      amount: amount
      currency: {constant: EUR}
      kind: {constant: sale}
  gateway:
    entity: requests
    tail: gateway.jsonl
    every: 1 second
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      latency_ms: ms
      is_error: failed
"""
_LOCATIONS = (
    "{workspaceOrError{... on Workspace{locationEntries{name locationOrLoadError{__typename}}}}}"
)


def _arguments(folder: Path, port: int) -> list[str]:
    feeds = ["--feeds", str(folder / "feeds.yaml"), "--data-dir", str(folder / "data")]
    return [sys.executable, "-c", _PROGRAM, "up", *feeds, "--port", str(port)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "1.csv").write_text("at,customer,id,amount\n2026-01-01,c,o,1.00\n")
    (tmp_path / "feeds.yaml").write_text(_FEEDS)
    # The planted incident: a minute of slow answers, just now.
    slow = {"at": datetime.now(UTC).isoformat(), "service": "search", "ms": 900, "failed": False}
    (tmp_path / "gateway.jsonl").write_text(f"{json.dumps(slow)}\n" * 2_000)
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _any_port() -> int:
    """A port nobody listens to; the usual one is what another test, or a person, would take."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(folder: Path, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = _any_port()
    process = subprocess.Popen(
        _arguments(folder, port),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def _wait_until_told(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            return said
    pytest.fail(f"it ended before it was ready: {''.join(said)}")


def _asked(port: int, path: str, body: dict[str, str] | None = None) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        content: dict[str, object] = json.load(answer)
        return content


def _processes_of(folder: Path) -> list[int]:
    """Find the processes that were started for the data folder, by their environment."""
    mark = f"ANFL_DATA_DIR={folder / 'data'}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue  # it ended, or is not ours
    return found


def _messages(said: list[str]) -> list[dict[str, object]]:
    """What has arrived at the sandbox that `anfl up` names."""
    [line] = [line for line in said if line.startswith("sandbox page")]
    with urllib.request.urlopen(f"{line.split()[2]}/messages", timeout=30) as answer:  # noqa: S310 - loopback
        found: list[dict[str, object]] = json.load(answer)
        return found


def _wait_for_the_breach(said: list[str]) -> None:
    """Wait until the slow answers have reached the channels of a critical breach."""
    deadline = time.monotonic() + 90
    while True:
        told = {
            str(message["provider"])
            for message in _messages(said)
            if "latency" in json.dumps(message)
        }
        if told >= {"pagerduty", "twilio", "smtp"}:
            return
        assert time.monotonic() < deadline, told
        time.sleep(1)


def test_up_serves_the_pages_tells_of_a_breach_and_ends_with_all_it_started(
    up: tuple[subprocess.Popen[str], int], folder: Path, environment: dict[str, str]
) -> None:
    process, port = up
    said = _wait_until_told(process)
    assert "dagster_webserver_version" in _asked(port, "/server_info")
    deadline = time.monotonic() + 60
    while True:
        answer = json.dumps(_asked(port, "/graphql", {"query": _LOCATIONS}))
        if '"RepositoryLocation"' in answer:
            break
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)
    assert len(_processes_of(folder)) >= 6
    assert is_collecting(open_workspace(folder / "data"))

    second = subprocess.run(
        _arguments(folder, port), env=environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert f"runs there already (process {process.pid})" in second.stderr

    _wait_for_the_breach(said)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert _processes_of(folder) == []


def test_a_killed_daemon_ends_all_and_somebody_is_told_of_it_before(
    up: tuple[subprocess.Popen[str], int], folder: Path
) -> None:
    process, _ = up
    _wait_until_told(process)
    [daemon] = [
        number
        for number in _processes_of(folder)
        if b"dagster._daemon" in Path(f"/proc/{number}/cmdline").read_bytes()
    ]
    os.kill(daemon, signal.SIGKILL)
    process.communicate(timeout=90)
    assert process.returncode == 1
    [mail] = [
        line
        for line in (folder / "data" / "state" / "sandbox.jsonl").read_text().splitlines()
        if "Alerting itself is dead or stuck" in line
    ]
    assert "Daemon stopped with code -9" in mail
    assert _processes_of(folder) == []
