"""Charts as people see them: as pictures, and in a browser that forbids everything but our script.

The page's policy is the application's: no evaluated code, no style in the page, no other host.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, sync_playwright

from anfl_assets.chart.bars import bars
from anfl_assets.chart.bundle import bundle
from anfl_assets.chart.history import history
from anfl_assets.chart.image import png, svg, vega
from anfl_assets.chart.rows import spark_rows
from anfl_assets.chart.scatter import scatter
from anfl_assets.chart.spark import spark
from anfl_assets.chart.types import Bar, Limits, Line, Mark, Pair, Point, Spec

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=alert(1)>"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'"
)
SCRIPT = """
(async () => {
  const data = await (await fetch("/data.json")).json();
  const drawn = await anflChart.draw("#history", data.history);
  const tile = await anflChart.shape(data.spark);
  for (const element of document.querySelectorAll(".tile")) await tile(element, data.rows);
  drawn.view.data("points", data.later);
  await drawn.view.runAsync();
  document.body.id = "done";
})();
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>charts</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">
<div id="history"></div><div class="tile"></div><div class="tile"></div>
<script src="/bundle.js"></script><script src="/page.js"></script>"""
STYLE = "#history {width: 800px} #vg-tooltip-element {position: fixed}"


def points(subject: str, *, gap: int = 10) -> Line:
    hours = (NOON + timedelta(hours=n) for n in range(25))
    return Line(subject, [Point(at, None if n == gap else 40.0) for n, at in enumerate(hours)])


def whole(*subjects: str) -> Spec:
    marks = [
        Mark("incident", NOON + timedelta(hours=2), NOON + timedelta(hours=5), "incident 7"),
        Mark("deploy", NOON + timedelta(hours=15), None, HOSTILE),
    ]
    lines = [points(subject) for subject in subjects]
    limits = Limits(50, 100, "ms")
    return history(lines, limits=limits, marks=marks, unit="ms", look="light", title="Latency")


def texts(document: str) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(document).iter()]  # noqa: S314 - our own


def test_a_picture_says_limits_marks_and_names_as_text() -> None:
    document = svg(whole("chat", HOSTILE))
    said = "\n".join(texts(document))
    assert "target 50 ms" in said
    assert "threshold 100 ms" in said
    assert "incident 7" in said
    assert "<script" not in document
    assert "<img" not in document
    assert "http" not in document.replace("http://www.w3.org/", "")


def test_every_shape_is_a_picture() -> None:
    parts = [Bar("chat", 12.3, "+12.3 ms"), Bar("datum.x", -4.0, "-4 ms")]
    across = bars(parts, unit="ms", look="light")
    pairs = scatter([Pair(NOON, 1.0, 2.0)], axes=("CPU (%)", "Latency (ms)"), look="dark")
    for spec in (whole("chat"), across, pairs, spark(points("chat").points, look="dark")):
        assert png(spec).startswith(b"\x89PNG")
    assert {"chat", "datum.x", "+12.3 ms", "-4 ms"} <= set(texts(svg(across)))


@pytest.mark.parametrize("lines", [(), (Line("chat", ()),), (Line("chat", (Point(NOON, 1.0),)),)])
def test_next_to_nothing_is_a_chart_too(lines: tuple[Line, ...]) -> None:
    assert svg(history(lines, limits=None, unit="ms", look="light")).startswith("<svg")


def test_a_compiled_chart_keeps_the_names_of_what_a_page_replaces() -> None:
    named = [each["name"] for each in vega(whole("chat"))["data"]]
    assert named[:2] == ["points", "marks"]


class Answers(BaseHTTPRequestHandler):
    """Serves a few texts under the pages' policy."""

    def __init__(self, files: dict[str, tuple[str, str]], *arguments: Any) -> None:  # noqa: ANN401 - as the class has it
        """Keep the files, by their paths."""
        self.files = files
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answer with the file of that path."""
        kind, text = self.files.get(self.path, ("text/plain", "nothing"))
        self.send_response(200 if self.path in self.files else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve a page with a history and two sparklines."""
    data = {
        "history": whole("chat", HOSTILE),
        "spark": vega(spark(look="light")),
        "rows": spark_rows(points("chat").points, target=50),
        "later": [
            {"at": 1_795_435_200_000 + n * 3_600_000, "value": 70.0, "subject": "chat",
             "alone": False} for n in range(25)
        ],
    }  # fmt: skip
    files = {
        "/": ("text/html", PAGE),
        "/style.css": ("text/css", STYLE),
        "/bundle.js": ("text/javascript", bundle()),
        "/page.js": ("text/javascript", SCRIPT),
        "/data.json": ("application/json", json.dumps(data)),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    """Open Debian's browser."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield browser.new_page()
        browser.close()


@pytest.mark.slow
def test_a_page_that_forbids_evaluated_code_draws_and_replaces(page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#done", state="attached", timeout=60_000)
    assert page.locator(".tile svg").count() == 2
    assert page.locator("#history svg").get_by_text("target 50 ms").count() >= 1
    page.locator("#history svg .mark-symbol.role-mark path").last.hover(force=True)
    told = page.locator("#vg-tooltip-element.visible")
    told.wait_for(timeout=20_000)
    assert told.inner_text().split() == [
        "subject", "chat", "window", "end", "2026-11-24", "12:00", "UTC", "ms", "70",
    ]  # fmt: skip
    assert page.locator("img").count() == 0
    assert said == []


def test_no_moment_is_told_in_the_readers_own_time_zone() -> None:
    pairs = scatter([Pair(NOON, 1.0, 2.0)], axes=("x", "y"), look="light")
    for spec in (whole("chat"), pairs, spark(look="light")):
        assert "timeFormat" not in json.dumps(vega(spec))
