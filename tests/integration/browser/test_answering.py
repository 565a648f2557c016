"""Answering an incident in a browser: with scripts and without, by an operator, by no viewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from anfl_assets.pages.access.passwords import hashed
from tests.integration.alerting_folder import AlertingFolder, with_incident
from tests.integration.browser.visiting import PHONE, WIDE, visiting
from tests.integration.pages.served import serving
from tests.integration.served_pages import served

_PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[AlertingFolder]:
    made = with_incident(tmp_path)
    yield made
    made.store.close()


def _enter(page: Page, name: str, password: str = _PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without any script"])
def test_an_incident_is_acknowledged_from_its_page(
    browser: Browser, folder: AlertingFolder, *, scripts: bool
) -> None:
    with (
        serving(folder.workspace.root) as address,
        visiting(browser, address, java_script_enabled=scripts) as visit,
    ):
        page = visit.opens("/incidents")
        page.get_by_role("table").get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("150 ms, alert above 100 ms")
        page.get_by_label("Your name").first.fill("Åsa <b>x</b>")
        page.get_by_label("Note").fill("new model")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.locator(".done")).to_contain_text("Acknowledged")
        expect(page.locator(".answer")).to_contain_text("Åsa <b>x</b> acknowledged it")
        expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
        assert folder.store.incident(1).acknowledged_by == "Åsa <b>x</b>"
        # To load the page again is no second answer.
        page.reload()
        expect(page.locator(".answer")).to_contain_text("acknowledged it")
        assert [fault for fault in visit.faults if "/incidents/1/chart.json" not in fault] == []


def test_a_viewer_comes_in_looks_and_cannot_answer(
    browser: Browser, folder: AlertingFolder
) -> None:
    kept = hashed(_PASSWORD)
    users = (
        f'users:\n  ana: {{password_hash: "{kept}", role: operator}}\n'
        f'  vic: {{password_hash: "{kept}"}}\n'
    )
    with served(folder.workspace.root, users) as pages, visiting(browser, pages.url) as visit:
        page = visit.opens("/incidents/1")
        assert page.url.endswith("/login?next=/incidents/1")
        _enter(page, "vic")
        expect(page.get_by_role("heading", level=1)).to_contain_text("150 ms")
        expect(page.get_by_text("you are vic, a viewer")).to_be_visible()
        expect(page.get_by_role("button", name="Acknowledge")).to_be_disabled()
        visit.opens("/silences")
        expect(page.get_by_role("button", name="Silence", exact=True)).to_be_disabled()
        assert visit.barriers() == []
        page.get_by_role("button", name="Log out").click()
        page.goto(f"{pages.url}/incidents/1")
        _enter(page, "ana")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.locator(".answer")).to_contain_text("ana acknowledged it")
    assert folder.store.incident(1).acknowledged_by == "ana"


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_door_bars_nobody_and_says_what_was_wrong(
    browser: Browser, tmp_path: Path, ground: str, size: tuple[int, int]
) -> None:
    users = f'users:\n  ana: {{password_hash: "{hashed(_PASSWORD)}"}}\n'
    with (
        served(tmp_path, users) as pages,
        visiting(browser, pages.url, size=size, color_scheme=ground) as visit,
    ):
        page = visit.opens("/login")
        expect(page.get_by_label("Name")).to_be_focused()
        assert visit.faults == []
        _enter(page, "ana", "not this one")
        expect(page.get_by_role("alert")).to_be_visible()
        assert visit.barriers() == []
        assert visit.overflow == 0
