"""Debian's Alertmanager beside a test, on loopback, with a receiver that counts what it is told."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

PROGRAM = shutil.which("prometheus-alertmanager")
_START_S = 60.0
Alert = dict[str, Any]


@dataclass
class Receiver:
    """A webhook: every notification it was given, as it came."""

    notifications: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen until the test is over."""
        kept = self.notifications

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                kept.append(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@dataclass
class Alertmanager:
    """One Alertmanager; its storage stays when it is killed and started again."""

    folder: Path
    config: dict[str, Any]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        assert PROGRAM is not None
        path = self.folder / "alertmanager.yml"
        path.write_text(json.dumps(self.config))  # JSON is YAML
        self.port = self.port or _free_port()
        self.process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={path}",
                f"--storage.path={self.folder / 'storage'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
                "--log.level=error",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + _START_S
        while not self._is_ready():
            assert time.monotonic() < ends, "Alertmanager did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it as the kernel would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def post(self, what: str, body: object) -> None:
        """Give it alerts or a silence."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v2/{what}",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            assert answer.status == 200

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                return True
        except (URLError, ConnectionError):
            return False


@contextmanager
def alertmanager(
    folder: Path, *, group_by: Sequence[str], inhibit_rules: Sequence[dict[str, Any]] = ()
) -> Iterator[tuple[Alertmanager, Receiver]]:
    """Run one that waits a second for a group, and tells of it again only after hours."""
    receiver = Receiver()
    folder.mkdir(parents=True, exist_ok=True)
    with receiver.listening():
        route = {
            "receiver": "test",
            "group_by": list(group_by),
            "group_wait": "1s",
            "group_interval": "1h",
            "repeat_interval": "24h",
        }
        hook = {"url": f"http://127.0.0.1:{receiver.port}/", "send_resolved": True}
        config = {
            "route": route,
            "receivers": [{"name": "test", "webhook_configs": [hook]}],
            "inhibit_rules": list(inhibit_rules),
        }
        running = Alertmanager(folder, config)
        running.start()
        try:
            yield running, receiver
        finally:
            if running.process is not None:
                running.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
