"""Forecasts on the pages and in the API: what is told of which, apart and in which order."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.pages.forecasts.standing import Forecasts
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import calm, distrusted, fan, put, refused, score, vintage
from tests.integration.built_example import BuiltExample
from tests.integration.pages.answering import Browser, browsing, words

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLOCK = Clock(lambda: NOON, SYSTEM_CLOCK.monotonic)
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\u202e"
DISK = "db-1/disk"
ROWS = (
    calm(vintage_id="v-calm", subject="api-1/cpu"),
    vintage(vintage_id="v-peak", subject=DISK, recent=[80.0, None, 84.0]),
    vintage(vintage_id="v-mean", subject=DISK, form="daily mean",
            threshold_day_50=date(2027, 2, 1), threshold_day_90=None),
    distrusted(vintage_id="v-doubt", subject="batch-1/memory", reason=f"no better: {HOSTILE}"),
    refused(vintage_id="v-new", subject="gpu-1/cpu"),
    vintage(vintage_id="v-soon", model="performance_forecasting", metric_id="inference_latency",
            subject="embeddings", form="daily p95", unit="ms", target=50, threshold=100,
            horizon_days=30, threshold_day_50=date(2026, 12, 3), threshold_day_90=None),
    vintage(vintage_id="v-old", subject="gpu-2/cpu", origin_day=date(2026, 10, 1)),
    vintage(vintage_id="v-hostile", subject=HOSTILE, threshold_day_50=date(2027, 2, 9)),
)  # fmt: skip


def folder(built: BuiltExample, root: Path) -> Workspace:
    """Return the example's build in a folder in which forecasts may be written."""
    (root / "lake").mkdir(parents=True)
    for part in (built.root / "lake").iterdir():
        if part.name != "forecast":
            (root / "lake" / part.name).symlink_to(part)
    for name in ("builds", "example"):
        (root / name).symlink_to(built.root / name)
    shutil.copytree(built.root / "state", root / "state")
    return Workspace(root)


@pytest.fixture(scope="module")
def browser(
    built_example: BuiltExample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    workspace = folder(built_example, tmp_path_factory.mktemp("forecasts") / "data")
    days = [day for row in ROWS for day in fan(row)]
    scores = [score(ROWS[1], 7), score(ROWS[1], 30, kind="live"), score(ROWS[3], 7)]
    put(workspace, ROWS, days, scores)
    with browsing(workspace.root, clock=CLOCK) as opened:
        yield opened


def test_the_list_has_the_soonest_crossing_first_and_the_not_forecastable_apart(
    browser: Browser,
) -> None:
    html = browser.html("/forecasts")
    foretold, _, rest = html.partition('id="trusted"')
    trusted, _, apart = rest.partition('id="distrusted"')
    places = [foretold.index(text) for text in ("2026-12-03", "2027-01-12", "2027-02-01")]
    assert places == sorted(places)
    assert "3 % likely to cross 90 % within 90 days" in words(trusted)
    assert "batch-1/memory" in apart
    assert "batch-1/memory" not in foretold + trusted
    assert "10 days with a value; it takes 28" in words(apart)
    assert "db-1/disk Resource utilization, daily peak ✔ forecastable 1 1 0.67 1.33" in words(apart)


def test_the_pages_metrics_are_led_to_from_the_list(browser: Browser) -> None:
    html = browser.html("/forecasts")
    address = "/metrics/resource_utilization?subject=db-1%2Fdisk&amp;form=daily+mean#forecast"
    assert f'href="{address}"' in html
    told = browser.reads(address.replace("&amp;", "&").partition("#")[0])
    assert (
        "db-1/disk crosses 90 % around 1 February (even odds), not 90 % sure within 90 days" in told
    )


def test_a_metrics_page_says_when_it_crosses_how_it_was_made_and_how_good_it_was(
    browser: Browser,
) -> None:
    told = browser.reads("/metrics/resource_utilization?subject=db-1/disk")
    for text in (
        "✔ forecastable better than drift by 21 %, and its intervals hold",
        "db-1/disk crosses 90 % around 12 January (even odds), 90 % sure by 30 January.",
        "It is off its target of 80 % from around 29 November (even odds).",
        "Not run, its optimiser did not converge: prophet.",
        "MASE 0.79 over 6 rolling origins, the best naive method (drift) 1.00: skill +21 %",
        "3 spikes set aside",
        "2026-11-23 84.12 % 83.09 % – 85.15 %",
    ):
        assert text in told


def test_without_a_subject_it_is_the_one_that_crosses_first(browser: Browser) -> None:
    told = browser.reads("/metrics/resource_utilization")
    assert "db-1/disk crosses 90 % around 12 January" in told


def test_what_is_not_forecastable_is_said_plainly_and_foretells_nothing(browser: Browser) -> None:
    html = browser.html("/metrics/resource_utilization?subject=batch-1/memory")
    told = words(html)
    assert "– not forecastable no better: " in told
    assert "nothing is foretold from it and nobody is alerted" in told
    assert "crosses 90 %" not in told
    assert 'class="panel forecast distrusted"' in html
    assert "… not forecast 10 days with a value; it takes 28" in browser.reads(
        "/metrics/resource_utilization?subject=gpu-1/cpu"
    )


def test_a_subject_without_a_forecast_says_what_to_run_and_what_there_is(browser: Browser) -> None:
    told = browser.reads("/metrics/resource_utilization?subject=api-2/cpu")
    assert "No forecast of api-2/cpu was made yet. anfl forecast run makes those" in told
    assert "There are forecasts of db-1/disk" in told
    # The catalog does not ask for one of these.
    assert 'id="forecast"' not in browser.html("/metrics/retention")


def test_what_is_old_is_marked_and_foretells_nothing(browser: Browser) -> None:
    html = browser.html("/forecasts")
    assert "gpu-2/cpu" not in html.partition('id="trusted"')[0]
    assert "gpu-2/cpu Resource utilization, daily peak old: up to 2026-10-01" in words(html)
    assert "This forecast is old: it was made from the days up to 2026-10-01" in browser.reads(
        "/metrics/resource_utilization?subject=gpu-2/cpu"
    )
    assert "gpu-2/cpu" not in browser.reads("/executive")


def test_the_fan_is_that_of_the_subject_and_form(browser: Browser) -> None:
    asked = "/metrics/resource_utilization/fan.json?subject=db-1/disk&form="
    peak = json.loads(browser.html(f"{asked}daily+peak"))
    assert "even odds 12 Jan: 2027-01-12" in peak["description"]
    assert peak["data"]["values"][1]["value"] is None
    dark = json.loads(browser.html(f"{asked}daily+mean&look=dark"))
    assert "even odds 1 Feb: 2027-02-01" in dark["description"]
    doubted = browser.html("/metrics/resource_utilization/fan.json?subject=batch-1/memory")
    assert "even odds" not in doubted
    assert "no forecast of resource_utilization stands for api-2/cpu" in browser.html(
        "/metrics/resource_utilization/fan.json?subject=api-2/cpu", 404
    )


def test_executives_are_told_of_each_subject_once_and_of_what_cannot_be_told(
    browser: Browser,
) -> None:
    html = browser.html("/executive")
    coming = words(html[html.index('id="coming"') : html.index('id="panel-1"')])
    first, second = coming.index("embeddings crosses 100 ms"), coming.index("db-1/disk crosses")
    assert first < second
    assert coming.count("db-1/disk") == 1
    assert "8 forecasts , 2 of them not forecastable: nothing is foretold from those" in coming
    assert "; 1 too old to go by: anfl forecast run makes newer ones" in coming
    assert "↗ embeddings crosses 100 ms around 3 December" in browser.reads("/technical")
    assert "What is coming" not in browser.reads("/executive?as_of=2026-11-01")


@pytest.mark.parametrize("path", ["/forecasts", "/executive", "/metrics/resource_utilization"])
def test_a_name_or_reason_from_outside_is_text(browser: Browser, path: str) -> None:
    html = browser.html(path)
    assert "<img" not in html
    assert "\u202e" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in html


def test_programs_read_the_same(browser: Browser) -> None:
    rows = json.loads(
        browser.html("/api/v1/forecasts?metric=resource_utilization&subject=db-1/disk")
    )
    assert [(row["form"], row["threshold_day_50"], row["is_foretold"]) for row in rows] == [
        ("daily peak", "2027-01-12", True),
        ("daily mean", "2027-02-01", True),
    ]
    days = json.loads(browser.html("/api/v1/forecasts/v-peak/days"))
    assert (len(days), days[0]["day"], days[0]["mean"]) == (90, "2026-11-23", 84.12)
    card = json.loads(browser.html("/api/v1/forecasts/scorecard?subject=db-1/disk"))
    assert [(row["lead_days"], row["n_live"], row["n_backtest"]) for row in card] == [
        (None, 1, 1), (7, 0, 1), (30, 1, 0),
    ]  # fmt: skip
    assert "no forecast 'v-none' has days" in browser.html("/api/v1/forecasts/v-none/days", 404)
    assert "no forecast 'v-new' has days" in browser.html("/api/v1/forecasts/v-new/days", 404)
    assert browser.client.get("/api/v1/forecasts?metric=nothing").status_code == 404
    described = json.loads(browser.html("/api/openapi.json"))
    assert described["paths"]["/api/v1/forecasts/{vintage_id}/days"]["get"]["operationId"] == (
        "forecast_days"
    )


def test_every_kept_forecast_is_exported_as_a_file(browser: Browser) -> None:
    found = browser.client.get("/export/forecast_vintages.parquet")
    frame = pl.read_parquet(BytesIO(found.content))
    assert set(frame["vintage_id"]) == {row.vintage_id for row in ROWS}
    text = browser.client.get("/export/forecast_days.csv?since=2026-01-01", timeout=60)
    assert text.status_code == 400
    lines = browser.html("/export/forecast_days.csv").splitlines()
    assert len(lines) == 1 + 6 * 90 + 30
    assert "forecast_scores" in browser.reads("/tables")


def test_where_nothing_was_forecast_the_pages_say_what_to_run(
    built_example: BuiltExample, tmp_path: Path
) -> None:
    workspace = folder(built_example, tmp_path / "data")
    with browsing(workspace.root) as opened:
        for path in ("/forecasts", "/executive", "/metrics/throughput"):
            assert "anfl forecast run" in opened.reads(path)
        assert json.loads(opened.html("/api/v1/forecasts")) == []
        assert "forecast_days" not in opened.reads("/tables")


def test_a_newer_forecast_is_shown_after_two_seconds_without_a_build(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    passed = [0.0]
    forecasts = Forecasts(workspace, load_catalog(), Clock(lambda: NOON, lambda: passed[0]))

    async def shown() -> list[str]:
        found = await forecasts.current()
        await asyncio.sleep(0.3)
        return [row.vintage_id for row in found.vintages]

    async def course() -> list[list[str]]:
        told = [await shown()]
        put(workspace, [vintage()], [])
        for seconds in (1, 1.5, 0):
            passed[0] += seconds
            told.append(await shown())
        return told

    assert asyncio.run(course()) == [[], [], [], ["v-disk"]]
