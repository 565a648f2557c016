"""What a person waits for: a page loaded and all that can be seen of it drawn, in real Chromium.

The browser's own clock counts from the click on. A first visit has nothing kept; later ones have
the scripts, which never change under one address.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_PATIENCE_MS = 120_000
_VISITS = 7
# Of what can be seen without scrolling; small lines have no state, they are drawn or not.
_DRAWN = """() => document.readyState === "complete"
  && [...document.querySelectorAll("[data-chart], [data-spark]")].every((each) => {
    const { top, bottom, width } = each.getBoundingClientRect();
    const frame = each.closest(".scroll")?.getBoundingClientRect();
    if (!width || top > innerHeight || bottom < 0 || (frame && bottom > frame.bottom)) return true;
    return each.querySelector("svg, canvas") && (each.dataset.state ?? "drawn") === "drawn";
  }) && performance.now() / 1000"""


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Start the machine's browser; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        yield None
        return
    arguments = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def complete_s(
    browser: Browser, address: str, paths: Sequence[str]
) -> dict[str, tuple[float, list[float]]]:
    """Open each page; return the seconds of a first visit ever, and of later ones."""
    found: dict[str, tuple[float, list[float]]] = {}
    for path in paths:
        with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
            page = context.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            first = _visit(page, address + path)
            found[path] = (first, [_visit(page, address + path) for _ in range(_VISITS)])
    return found


def _visit(page: Page, url: str) -> float:
    page.goto("about:blank")
    page.goto(url)
    return float(page.wait_for_function(_DRAWN, polling=10).json_value())
