"""The watcher beside real processes: killed, stopped, going on; it tells past everything else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.integration.providers import Providers, certificate, providers

ROOT = Path(__file__).resolve().parents[2]
_WITHIN_S = 90.0
_LIMITS = ("--every", "1s", "--silent", "4s", "--grace", "8s")
_MOST_MIB = 60


@pytest.fixture
def sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


def _environment(sandbox: Providers) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ANFL_SANDBOX_URL": sandbox.url,
        "ANFL_SANDBOX_SMTP": sandbox.smtp,
        "ANFL_ALERTS": "",
        "ANFL_ALERTS_URL": "",
        "ANFL_HEARTBEAT_URL": "",
    }


@contextmanager
def _running(
    arguments: list[str], env: dict[str, str], first: str
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert first in line, line
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        process.communicate(timeout=60)


@contextmanager
def _beating(folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    program = str(ROOT / "tests" / "integration" / "beating.py")
    with _running([program, str(folder)], env, "beating") as process:
        yield process


@contextmanager
def _watching(folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    arguments = ["-m", "anfl_assets.cli", "watch", "--data-dir", str(folder), *_LIMITS]
    with _running(arguments, env, "watching") as process:
        yield process


def _notes(sandbox: Providers) -> list[str]:
    """Return what each mail says, as one line."""
    return [" ".join(str(each.draft.fields).split()) for each in sandbox.messages("smtp")]


def _most_mib(process: subprocess.Popen[str]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) // 1024


def test_a_stopped_then_killed_system_is_told_once_each_with_one_recovery_between(
    sandbox: Providers, tmp_path: Path
) -> None:
    env = _environment(sandbox)
    with _beating(tmp_path, env) as system:
        with _watching(tmp_path, env) as watcher:
            time.sleep(3)
            system.send_signal(signal.SIGSTOP)
            sandbox.wait_for(1, _WITHIN_S, "smtp")
            assert _most_mib(watcher) < _MOST_MIB
        with _watching(tmp_path, env):
            time.sleep(9)  # longer than its grace: it has concluded that it is still so
            assert len(sandbox.messages("smtp")) == 1
            system.send_signal(signal.SIGCONT)
            sandbox.wait_for(2, _WITHIN_S, "smtp")
            system.kill()
            sandbox.wait_for(3, _WITHIN_S, "smtp")
    sandbox.expect({"smtp": 3})
    first, over, again = _notes(sandbox)
    assert "Alerting itself is dead or stuck" in first
    assert "last ran at" in first
    assert "Alerting works again" in over
    assert "Alerting itself is dead or stuck" in again
    assert not (tmp_path / "alerts.yaml").exists()


def test_nothing_heavy_is_loaded() -> None:
    program = (
        "import sys;"
        "import anfl_assets.cli.main, anfl_assets.cli.watch;"
        "import anfl_assets.flow.alerting.sending.at_once,"
        "anfl_assets.flow.alerting.watching.heartbeat, anfl_assets.flow.alerting.watching.look,"
        "anfl_assets.flow.alerting.watching.loop;"
        "heavy = {'dagster', 'duckdb', 'polars', 'pandas', 'pyarrow', 'numpy', 'altair'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_heartbeat_goes_to_https_only(tmp_path: Path, sandbox: Providers) -> None:
    env = {**_environment(sandbox), "ANFL_HEARTBEAT_URL": "http://example.org/secret-token"}
    done = subprocess.run(
        [sys.executable, "-m", "anfl_assets.cli", "watch", "--data-dir", str(tmp_path)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "anfl: ANFL_HEARTBEAT_URL: expected an https:// address, found another text\n"
    )


def test_the_outside_is_called_over_https_and_no_address_is_told(tmp_path: Path) -> None:
    shown, authority = certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Outside)
    server.socket = shown.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    program = (
        "import sys; from anfl_assets.flow.alerting.watching.heartbeat import heartbeat_url, ping;"
        "[ping(heartbeat_url(sys.argv[1] + path), print) for path in sys.argv[2:]]"
    )
    url = f"https://127.0.0.1:{server.server_port}"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, url, "/token-1", "/moved/token-2", "/gone/token-3"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "SSL_CERT_FILE": str(authority)},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert _Outside.called == ["/token-1", "/moved/token-2", "/gone/token-3"]
    assert done.stdout == ("heartbeat: 127.0.0.1 answered 302\nheartbeat: 127.0.0.1 answered 410\n")


class _Outside(BaseHTTPRequestHandler):
    """A service that expects a call each minute."""

    called: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Take note."""
        self.called.append(self.path)
        kind = self.path.split("/")[1]
        self.send_response({"moved": 302, "gone": 410}.get(kind, 200))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""
