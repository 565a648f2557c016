"""From what is wrong to the metric, to the rows behind it and back: by mouse, by keyboard alone.

What is looked at stands in the address: range and subject survive every step, Back restores them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.browser.visiting import Visit, visiting
from tests.integration.pages.served import serving

_MANY = 60


@pytest.fixture(scope="module")
def address(shown: Path) -> Iterator[str]:
    with serving(shown) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address) as opened:
        yield opened


def _asked(page: Page) -> tuple[str, dict[str, str]]:
    """Return the path of the page that is shown, and what its address asks for."""
    parts = urlsplit(page.url)
    return parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()}


def _tab_to(page: Page, name: str, *, role: str = "A") -> None:
    """Press Tab until an element of this name has the focus, which can then be seen."""
    for _ in range(_MANY):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "[document.activeElement.tagName, document.activeElement.innerText.trim(),"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        if at[0] == role and at[1].startswith(name):
            assert at[2] == "solid"
            return
    pytest.fail(f"no {role} {name!r} is reached by {_MANY} times Tab")


def test_from_the_overview_to_the_rows_and_back(visit: Visit) -> None:
    page = visit.opens("/")
    page.get_by_role("row", name="Inference latency image-generation").get_by_role("link").click()
    page.wait_for_url("**/metrics/inference_latency?subject=image-generation")
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**range=30d**")
    at_thirty_days = page.url
    assert _asked(page)[1] == {"subject": "image-generation", "range": "30d"}
    page.get_by_role("region", name="worst first").get_by_role(
        "link", name="rows of image-generation"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("image-generation")
    path, asked = _asked(page)
    assert (path, asked["subject"]) == ("/metrics/inference_latency/rows", "image-generation")
    assert page.locator("main tbody tr").count() > 0
    page.go_back()
    assert page.url == at_thirty_days
    expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")
    visit.draws()
    page.go_back()
    assert "range" not in _asked(page)[1]
    page.go_back()
    assert _asked(page) == ("/", {})
    assert visit.faults == []


def test_the_same_way_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.opens("/executive")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    _tab_to(page, "Revenue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metrics/revenue?subject=all")
    _tab_to(page, "1 year")
    page.keyboard.press("Enter")
    page.wait_for_url("**range=1y**")
    _tab_to(page, "The newest", role="SUMMARY")
    page.keyboard.press("Enter")
    _tab_to(page, "rows")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metrics/revenue/rows?**")
    page.go_back()
    assert _asked(page) == ("/metrics/revenue", {"subject": "all", "range": "1y"})
    assert visit.faults == []


def test_an_address_with_range_and_subject_opens_what_was_looked_at(
    browser: Browser, visit: Visit
) -> None:
    page = visit.opens("/metrics/inference_latency?subject=embeddings&range=7d&grain=hour")
    visit.draws()
    told = page.locator("figcaption").inner_text()
    with visiting(browser, visit.address) as other:
        again = other.opens(page.url.removeprefix(visit.address))
        assert again.locator("figcaption").inner_text() == told
        assert "hour" in told
        for name in ("7 days", "hour"):
            link = again.get_by_role("link", name=name, exact=True)
            expect(link).to_have_attribute("aria-current", "true")
