"""Shares of capacity from counters, and probes of real pages and ports on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from anfl_assets.collect.connect.host import Probes
from anfl_assets.collect.connect.host_probe import Page, Port, Probe
from anfl_assets.collect.connect.host_resources import (
    Link,
    Sample,
    bounded,
    network_pct,
    processor_pct,
)
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def sample(at_s: float, busy_s: float = 0, total_s: float = 0, **moved: tuple[int, int]) -> Sample:
    """Return counters at a moment."""
    return Sample(at_s, busy_s, total_s, moved)


def test_the_busy_share_is_of_all_cores_between_two_samples() -> None:
    assert processor_pct(sample(0, 100, 400), sample(5, 105, 410)) == 50
    assert processor_pct(sample(0, 100, 400), sample(0, 100, 400)) is None


@pytest.mark.parametrize(
    ("moved", "links", "expected"),
    [
        pytest.param((500, 100), {"a": Link(1000, is_shared=False)}, 25.0, id="busier direction"),
        pytest.param((500, 100), {"a": Link(1000, is_shared=True)}, 30.0, id="one at a time: both"),
        pytest.param((500, 100), {}, None, id="no speed known: no share"),
        pytest.param((-5, 100), {"a": Link(1000, is_shared=False)}, None, id="counter went back"),
    ],
)
def test_the_network_s_share_is_of_a_known_link_speed(
    moved: tuple[int, int], links: dict[str, Link], expected: float | None
) -> None:
    sent, received = moved
    before, after = sample(0, a=(10, 10)), sample(2, a=(10 + sent, 10 + received))
    assert network_pct(before, after, links) == expected


def test_a_share_stays_between_nothing_and_all() -> None:
    assert [bounded(share) for share in (-0.5, 40.0, 100.2)] == [0.0, 40.0, 100.0]


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = int(self.path.strip("/").partition("-")[0])
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/500")
        self.end_headers()
        if self.path.endswith("-slow"):
            self._drip()

    def _drip(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve pages that answer with the status their path names."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def probed(folder: Path, *probes: Probe, timeout_s: float = 2) -> dict[str, tuple[bool, bool]]:
    """Return for each component whether it is up, and whether an answer was timed."""
    pull = Probes(probes, timedelta(seconds=timeout_s)).open(Workspace(folder), ())
    rows = pull.pull(None, now=NOW).batch.rows
    pull.close()
    assert set(rows["observed_at"]) == {NOW}
    return {
        row["component"]: (row["is_up"], row["response_ms"] is not None)
        for row in rows.iter_rows(named=True)
    }


def test_a_probe_says_whether_it_answered_as_it_should(port: int, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        free = closed.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    assert probed(
        tmp_path,
        Page("good", f"{base}/200"),
        Page("moved, not followed", f"{base}/302"),
        Page("failing", f"{base}/500"),
        Page("asked to be 401", f"{base}/401", expect=401),
        Page("asked to be 200", f"{base}/204", expect=200),
        Page("nobody there", f"http://127.0.0.1:{free}/"),
        Port("open", "127.0.0.1", port),
        Port("closed", "127.0.0.1", free),
    ) == {
        "good": (True, True),
        "moved, not followed": (True, True),
        "failing": (False, True),
        "asked to be 401": (True, True),
        "asked to be 200": (False, True),
        "nobody there": (False, False),
        "open": (True, True),
        "closed": (False, False),
    }


def test_probes_take_the_timeout_together_however_slowly_they_drip(
    port: int, tmp_path: Path
) -> None:
    pages = [Page(f"page {number}", f"http://127.0.0.1:{port}/200-slow") for number in range(20)]
    began = time.monotonic()
    told = probed(tmp_path, *pages, timeout_s=0.3)
    assert time.monotonic() - began < 1
    assert set(told.values()) == {(False, False)}
