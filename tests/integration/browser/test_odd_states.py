"""What is odd and still a page: no data, names that attack, a quiet source, a build meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, expect

from anfl_assets.collect.organisation import Organisation
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from tests.integration import seeded_rows as rows
from tests.integration.browser.visiting import PHONE, WIDE, Visit, visiting
from tests.integration.pages.served import serving
from tests.integration.seeded_lake import SeededLake, day, days, feed, seeded_lake

pytestmark = pytest.mark.slow
HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "'});alert(2);//\u2028</script><script>alert(3)</script>",
    "\u202egnihtemos \u05e9\u05dc\u05d5\u05dd \x1b[31m",
    "unbroken" * 38,
)
_STALE = Clock(lambda: datetime(2026, 12, 1, 12, tzinfo=UTC), SYSTEM_CLOCK.monotonic)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SeededLake:
    """A survey whose segments attack, and a shop."""
    answers = rows.responses(days("2026-04-01", 100), seed=16).with_row_index()
    chosen = pl.col("index") % len(HOSTILE)
    names = chosen.replace_strict(dict(enumerate(HOSTILE)), return_dtype=pl.String)
    history = {
        "survey": answers.with_columns(segment=names).drop("index"),
        "shop": rows.orders(days("2026-02-01", 100), seed=14),
    }
    feeds = (feed("survey", "responses"), feed("shop", "orders"))
    root = tmp_path_factory.mktemp("hostile") / "data"
    made, _ = seeded_lake(root, Organisation(name="<b>Acme</b>"), feeds, history)
    made.build()
    return made


@pytest.fixture(scope="module")
def address(folder: SeededLake) -> Iterator[str]:
    with serving(folder.workspace.root) as found:
        yield found


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_names_that_attack_are_text(browser: Browser, address: str, size: tuple[int, int]) -> None:
    with visiting(browser, address, size=size) as visit:
        for path in ("/", "/executive", "/metrics", "/metrics/satisfaction?range=all",
                     "/metrics/satisfaction/rows"):  # fmt: skip
            visit.opens(path)
            visit.draws()
            assert visit.page.locator("main img, main script").count() == 0
            assert visit.overflow == 0, path
            assert visit.faults == []
            assert "\x1b" not in visit.page.locator("body").inner_text()
        for name in HOSTILE:
            visit.opens("/metrics/satisfaction?range=all")
            shown = visit.page.locator("tr[data-subject]").filter(
                has=visit.page.get_by_role("link")
            )
            found = shown.evaluate_all(
                "(all, name) => all.findIndex((each) => each.dataset.subject === name)", name
            )
            shown.nth(found).get_by_role("link").first.click()
            visit.draws()
            expect(visit.page.get_by_role("heading", level=1)).to_contain_text("Satisfaction")
            assert visit.overflow == 0, name
            assert visit.faults == []


def test_a_page_goes_on_while_a_build_is_made_and_shows_it_once_it_is_there(
    browser: Browser, folder: SeededLake, address: str
) -> None:
    with visiting(browser, address) as visit:
        page = visit.opens("/executive")
        before = page.locator("footer code").inner_text()
        folder.land("shop", rows.orders([day("2026-05-12")], seed=15))
        building = threading.Thread(target=folder.build)
        building.start()
        while building.is_alive():
            for path in ("/executive", "/metrics/revenue", "/metrics/revenue/rows"):
                visit.opens(path)
                visit.draws()
                assert visit.faults == []
        building.join()
        for _ in range(100):
            visit.opens("/executive")
            if page.locator("footer code").inner_text() != before:
                break
            page.wait_for_timeout(100)
        assert page.locator("footer code").inner_text() != before
        expect(page.locator("#tile-revenue .value")).to_be_visible()
        assert visit.faults == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_an_empty_folder_has_every_page(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    with serving(tmp_path) as address, visiting(browser, address, size=size) as visit:
        for path in ("/", "/executive", "/technical", "/operational", "/metrics",
                     "/metrics/uptime", "/incidents", "/silences"):  # fmt: skip
            visit.opens(path)
            assert visit.page.get_by_role("heading", level=1).inner_text()
            assert visit.barriers() == []
            assert visit.overflow == 0
            assert visit.faults == []
        visit.opens("/technical")
        expect(visit.page.locator(".live")).to_have_attribute("data-state", "stale")


def test_a_source_that_has_been_quiet_for_a_week_is_named_on_the_overview(
    browser: Browser, shown: Path
) -> None:
    with serving(shown, clock=_STALE) as address, visiting(browser, address) as visit:
        page = visit.opens("/")
        trouble = page.locator(".source .trouble")
        expect(trouble.first).to_be_visible()
        assert trouble.first.inner_text() == "probes: overdue"
        assert visit.barriers() == []
        assert visit.faults == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/executive?as_of=1999-01-01", "nothing had been measured by 1999-01-01"),
        ("/metrics/latency?subject=" + "x" * 3_000, "no subject"),
        ("/metrics/inference_latency?from=2020-01-01&to=2020-01-02", "No window"),
        ("/metrics/inference_latency?range=forever", "range"),
        ("/metrics/%3Cscript%3Ealert(1)", "<script>alert(1)"),
        ("/incidents/999", "There is no incident 999"),
        ("/nowhere", "no page has this address"),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(odd: Visit, path: str, said: str) -> None:
    page = odd.opens(path)
    assert said in page.locator("main").inner_text()
    assert page.get_by_role("navigation", name="Pages").is_visible()
    assert odd.barriers() == []
    assert odd.overflow == 0
    # A browser tells of a 404 by itself.
    assert [fault for fault in odd.faults if "Failed to load resource" not in fault] == []


@pytest.fixture(scope="module")
def odd(browser: Browser, shown: Path) -> Iterator[Visit]:
    with serving(shown) as address, visiting(browser, address, size=PHONE) as visit:
        yield visit


def test_without_any_script_the_pages_are_read_all_the_same(browser: Browser, shown: Path) -> None:
    with (
        serving(shown) as address,
        visiting(browser, address, java_script_enabled=False) as visit,
    ):
        page = visit.opens("/technical")
        tile = page.locator("#tile-inference_latency")
        expect(tile.locator(".value")).to_have_text("112.49 ms")
        expect(tile.locator(".status").first).to_contain_text("breached")
        expect(page.locator(".live")).to_be_hidden()
        page = visit.opens("/metrics/inference_latency?subject=image-generation")
        page.get_by_text("as numbers, with the rows behind each").click()
        expect(page.get_by_role("region", name="Newest windows").get_by_role("row")).to_have_count(
            25
        )
        expect(page.get_by_text("Copy", exact=True)).to_be_hidden()
        page = visit.opens("/operational")
        assert page.get_by_role("row").count() > 10
        assert visit.faults == []
