"""A browser at the pages, and everything a page must not do there.

It is the system's own Chromium, driven by Playwright. A visit keeps what went wrong: what the
console said, what failed, whom the page asked beside its server, whether a dialog opened.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

WIDE = (1280, 900)
PHONE = (390, 844)
_PATIENCE_MS = 60_000
# Addresses of these kinds reach nobody.
_LOCAL = {"data", "blob", "about"}
_GRAVE = {"serious", "critical"}
# A page draws what is seen: whatever is not drawn yet is looked at, until nothing is left.
# A table that scrolls hides what is beyond its edge until somebody scrolls there.
_DRAWN = """() => {
  const left = [...document.querySelectorAll("[data-chart], [data-spark]")].find((each) => {
    const own = each.getBoundingClientRect();
    const frame = each.closest(".scroll")?.getBoundingClientRect();
    const beyond = frame && (own.right > frame.right || own.bottom > frame.bottom);
    const drawn = each.querySelector("svg, canvas") && (each.dataset.state ?? "drawn") === "drawn";
    return own.width && !beyond && !drawn;
  });
  left?.scrollIntoView({ block: "center" });
  return !left;
}"""


def program() -> str | None:
    """Return the machine's browser; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's browser.

    A test that needs it is skipped where there is none, unless `CI` is set: there one must be.
    """
    path = program()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on PATH; .ci/run installs it")
        pytest.skip("no chromium on PATH")
    arguments = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield started
        finally:
            started.close()


@dataclass
class Visit:
    """One window at one server; `faults` is what must not have happened since a page was opened."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        """Open a page and wait until it is there."""
        self.faults.clear()
        self.page.goto(self.address + path, wait_until="load")
        return self.page

    def draws(self) -> None:
        """Look at everything on the page that is to be drawn, until it is."""
        self.page.wait_for_function(_DRAWN)
        self.page.evaluate("scrollTo(0, 0)")

    @property
    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        found: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return found

    def barriers(self) -> list[str]:
        """Return what keeps somebody out by the rules of axe-core: serious and critical ones."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            if rule["impact"] in _GRAVE
            for node in rule["nodes"]
        ]

    def watch(self) -> None:
        """Keep whatever goes wrong from here on."""
        page = self.page
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("dialog", self._opened)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text} {message.location}")

    def _asked(self, request: Request) -> None:
        if (
            not request.url.startswith(f"{self.address}/")
            and urlsplit(request.url).scheme not in _LOCAL
        ):
            self.faults.append(f"asked a stranger: {request.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends its stream, and what it has not got yet.
        if "/live/" not in request.url and request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _opened(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def visiting(
    browser: Browser,
    address: str,
    *,
    size: tuple[int, int] = WIDE,
    **settings: Any,  # noqa: ANN401
) -> Iterator[Visit]:
    """Open a window of its own, with nothing kept from others; `settings` are Playwright's."""
    width, height = size
    with browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="UTC", **settings
    ) as context:
        context.set_default_timeout(_PATIENCE_MS)
        visit = Visit(context.new_page(), address)
        visit.watch()
        yield visit
