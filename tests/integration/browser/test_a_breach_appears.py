"""A breach comes up on the technical page by itself: source, collector, live path, stream, tile.

The goal of 8 s is measured by a benchmark; here it must come at all, on any machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.browser.visiting import visiting
from tests.integration.pages.served import serving

pytestmark = pytest.mark.slow
_PROJECT = Path(__file__).parents[3]
_PROGRAM = "from anfl_assets.cli.main import main; main()"
_PATIENCE_MS = 60_000
_FEEDS = """\
feeds:
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


def _answer(folder: Path, ms: int, times: int) -> None:
    """Let the source write answers that took so long."""
    record = {"at": datetime.now(UTC).isoformat(), "service": "search", "ms": ms, "failed": False}
    with (folder / "gateway.jsonl").open("a") as file:
        file.write(f"{json.dumps(record)}\n" * times)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that a collector fills from a growing file."""
    (tmp_path / "feeds.yaml").write_text(_FEEDS)
    _answer(tmp_path, ms=20, times=200)
    environ = {
        **os.environ,
        "PYTHONPATH": str(_PROJECT),
        "ANFL_FEEDS": str(tmp_path / "feeds.yaml"),
        "ANFL_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-c", _PROGRAM, "collect", "--live"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as collector:
        yield tmp_path
        collector.send_signal(signal.SIGINT)
        collector.wait(30)


def test_a_breach_appears_on_the_technical_page_without_a_reload(
    browser: Browser, folder: Path
) -> None:
    with serving(folder / "data") as address, visiting(browser, address) as visit:
        # Opened before there is anything: what comes first is shown as well.
        page = visit.opens("/technical")
        tile = page.locator("#tile-inference_latency")
        expect(tile).to_have_attribute("data-status", "on_target", timeout=_PATIENCE_MS)
        expect(page.locator(".live")).to_have_attribute("data-state", "live")
        page.evaluate("window.isTheSamePage = true")
        tile.get_by_role("link").first.focus()
        _answer(folder, ms=900, times=2_000)
        expect(tile).to_have_attribute("data-status", "breached", timeout=_PATIENCE_MS)
        assert float(tile.get_attribute("data-value") or 0) == pytest.approx(900, rel=0.01)
        assert page.evaluate("window.isTheSamePage")
        focused = page.evaluate("document.activeElement.closest('.tile')?.id")
        assert focused == "tile-inference_latency"
        assert visit.faults == []
