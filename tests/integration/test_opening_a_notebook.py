"""`anfl notebook` as a person uses it: in a real browser, and nobody outside is asked."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.built_example import BuiltExample

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")
_LOCAL = re.compile(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:")
_START_S, _SHOWN_MS = 90, 90_000


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Run the command; yield the address it prints."""
    program = [sys.executable, "-m", "anfl_assets.cli", "notebook", *arguments, "--no-browser"]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        said = ""
        try:
            for line in running.stdout:
                said += line
                if found := re.search(r"http://\S+access_token=\S+", line):
                    _wait_for(found[0])
                    yield found[0]
                    return
            pytest.fail(said)
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(timeout=_START_S)
            except subprocess.TimeoutExpired:
                running.kill()


def _wait_for(address: str) -> None:
    """Wait until it listens: the address is printed a moment earlier."""
    port = int(re.findall(r":(\d+)", address)[0])
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"nobody listens at {address}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Stay where it was."""


def test_who_has_no_token_sees_nothing(built_example: BuiltExample) -> None:
    with served("learn-the-metrics", "--data-dir", str(built_example.root)) as address:
        opener = urllib.request.build_opener(_NoRedirect)
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(address.partition("?")[0], timeout=_START_S)
        assert refused.value.code == 303
        assert "/auth/login" in refused.value.headers["location"]
        refused.value.close()


def test_a_copy_of_ones_own_is_opened_to_edit_and_the_projects_stays(
    built_example: BuiltExample, tmp_path: Path
) -> None:
    del built_example
    with served("add_a_metric", "--edit", "--data-dir", str(tmp_path / "data")):
        own = tmp_path / "data" / "notebooks" / "add_a_metric.py"
        theirs = Path(__file__).parents[2] / "notebooks" / "add_a_metric.py"
        assert own.read_text() == theirs.read_text()


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("learn_the_metrics", "148.43 ms", id="learn"),
        pytest.param("investigate_an_incident", "What else missed its target", id="investigate"),
    ],
)
def test_a_browser_shows_it_whole_and_asks_nobody_outside(
    built_example: BuiltExample, name: str, shown: str
) -> None:
    from playwright.sync_api import sync_playwright

    requests: list[str] = []
    messages: list[tuple[str, str]] = []
    with (
        served(name, "--data-dir", str(built_example.root)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 3000})
        page.on("request", lambda asked: requests.append(asked.url))
        page.on("console", lambda said: messages.append((said.type, said.text)))
        page.goto(address, timeout=_SHOWN_MS)
        page.get_by_text(shown).first.wait_for(timeout=_SHOWN_MS)
        browser.close()
    assert len(requests) > 10
    assert [address for address in requests if not _LOCAL.match(address)] == []
    assert [text for kind, text in messages if kind == "error"] == []
