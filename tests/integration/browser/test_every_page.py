"""Every page in a real browser: on light and on dark ground, and as wide as a phone.

Nothing is said on the console, nothing fails, nobody but the server is asked, everything is drawn,
no page is wider than its window, and the rules of axe-core find no serious fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from anfl_assets.cli.status import command as status_command
from tests.integration.browser.visiting import PHONE, Visit, visiting
from tests.integration.pages.served import serving

PAGES = (
    "/",
    "/executive",
    "/technical",
    "/operational",
    "/metrics",
    "/metrics/inference_latency?range=7d",
    "/metrics/revenue?subject=all",
    "/metrics/inference_latency/rows",
    "/metrics/resource_utilization?subject=db-1/disk",
    "/metrics/resource_utilization?subject=batch-1/memory",
    "/forecasts",
    "/incidents",
    "/incidents/1",
    "/incidents/1/why",
    "/incidents/why-not?metric=latency",
    "/silences",
    "/tables",
)
_NUMBER = re.compile(r"[+-]?[\d,]+(?:\.(\d+))?")


@pytest.fixture(scope="module")
def address(shown: Path) -> Iterator[str]:
    with serving(shown) as found:
        yield found


@pytest.fixture(scope="module")
def light(browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address, color_scheme="light") as visit:
        yield visit


@pytest.fixture(scope="module")
def dark(browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address, color_scheme="dark") as visit:
        yield visit


@pytest.fixture(scope="module")
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    settings = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}
    with visiting(browser, address, size=PHONE, **settings) as visit:
        yield visit


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("ground", ["light", "dark"])
def test_a_page_is_drawn_whole_and_bars_nobody(
    request: pytest.FixtureRequest, ground: str, path: str
) -> None:
    visit: Visit = request.getfixturevalue(ground)
    visit.opens(path)
    visit.draws()
    assert visit.barriers() == []
    assert visit.overflow == 0
    assert visit.faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_no_wider_than_a_phone(phone: Visit, path: str) -> None:
    phone.opens(path)
    phone.draws()
    assert phone.overflow == 0
    assert phone.faults == []


def test_the_ground_of_a_page_and_of_its_charts_is_the_one_asked_for(
    light: Visit, dark: Visit
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    asked: list[str] = []
    for visit in (light, dark):
        visit.page.on("request", lambda request: asked.append(request.url))
        visit.opens("/metrics/revenue")
        visit.draws()
    assert light.page.evaluate(ground) == "rgb(244, 245, 247)"
    assert dark.page.evaluate(ground) == "rgb(20, 22, 26)"
    assert [url.partition("look=")[2] for url in asked if "/chart.json" in url] == ["light", "dark"]


@pytest.mark.parametrize("path", ["/", "/executive", "/technical", "/metrics"])
def test_every_number_that_is_read_is_the_boards(light: Visit, shown: Path, path: str) -> None:
    answer = CliRunner().invoke(status_command, ["--data-dir", str(shown), "--json"])
    board = {(row["metric_id"], row["subject"]): row for row in json.loads(answer.output)}
    page = light.opens(path)
    found = page.locator("[data-metric][data-status]").evaluate_all(
        """(all) => all.map((each) => {
             const text = (wanted) => (each.querySelector(wanted)
               ?? each.closest("section").querySelector(wanted)).innerText;
             return [each.dataset.metric, each.dataset.subject, text(".value, .figure, td.number"),
                     text(".status").slice(2).replace(" ", "_")];
           })"""
    )
    assert len(found) >= 9
    for metric, subject, text, status in found:
        row = board[metric, subject]
        assert status == row["status"]
        assert _says(text, row["value"]), (metric, subject, text, row["value"])


def _says(text: str, value: float | None) -> bool:
    """Whether a text is the value to as many places as it has."""
    read = _NUMBER.search(text)
    if value is None or read is None:
        return value is None and read is None
    step = 10.0 ** -len(read[1] or "")
    return abs(float(read[0].replace(",", "")) - value) <= 0.5001 * step
