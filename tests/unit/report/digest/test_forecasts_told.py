"""What a digest tells of forecasts: the soonest crossings, and how much cannot be told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.report.digest.as_json import as_json
from anfl_assets.report.digest.content import ForecastsTold
from anfl_assets.report.digest.forecasts import told_forecasts
from anfl_assets.report.digest.page import page
from anfl_assets.report.digest.sentences import told_sentences
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import MADE_AT, ORIGIN, calm, distrusted, fan, put, refused, vintage
from tests.unit.report.digest.boards import digest

HOSTILE = "</style></script><img src=x onerror=alert(1)>{{ 7*7 }}"
NOON = MADE_AT + timedelta(hours=9)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    rows = (
        vintage(vintage_id="v1", recent=[84.0]),
        vintage(vintage_id="v2", form="daily mean", threshold_day_50=date(2027, 2, 1)),
        vintage(vintage_id="v3", subject=HOSTILE, threshold_day_50=date(2026, 12, 24)),
        vintage(vintage_id="v4", subject="old", origin_day=ORIGIN - timedelta(days=30)),
        calm(vintage_id="v5", subject="api-1/cpu"),
        distrusted(vintage_id="v6", subject="api-2/cpu"),
        refused(vintage_id="v7", subject="api-3/cpu"),
    )
    made = Workspace(tmp_path)
    put(made, rows, [day for row in rows for day in fan(row)])
    return made


def told(workspace: Workspace) -> ForecastsTold:
    found = told_forecasts(workspace, load_catalog(), known_at=NOON)
    assert found is not None
    return found


def test_the_soonest_crossing_of_each_subject_is_told_and_the_rest_is_counted(
    workspace: Workspace,
) -> None:
    found = told(workspace)
    assert [row.vintage_id for row in found.foretold] == ["v3", "v1"]
    assert (found.total, found.distrusted, found.refused, found.stale) == (7, 1, 1, 1)
    assert told_forecasts(workspace, load_catalog(), known_at=MADE_AT - timedelta(days=1)) is None


def test_a_message_has_it_in_sentences(workspace: Workspace) -> None:
    assert (
        "Resource utilization of db-2/disk crosses 90 % around 12 January (even odds), "
        "90 % sure by 30 January"
    ) in told_sentences(digest(forecasts=told(workspace)))


def test_the_page_draws_it_and_is_inert(workspace: Workspace) -> None:
    html = page(digest(forecasts=told(workspace)))
    assert "db-2/disk crosses 90 % around 12 January (even odds)" in html
    assert html.count("<svg") == 2
    assert 'aria-label="Last observed 84 % on 2026-11-22. Expected 94.8 % on 2027-02-20' in html
    assert (
        "Of 7 forecasts, 1 is not forecastable and 1 had too little history; 1 is too old" in html
    )
    assert "<img" not in html
    assert "49" not in html.partition("crosses 90 %")[0][-200:]


def test_without_a_forecast_it_says_what_to_run() -> None:
    assert "Nothing was forecast yet: <code>anfl forecast run</code>" in page(digest())
    assert as_json(digest())["forecasts"] is None


def test_programs_read_the_figures_of_what_is_foretold(workspace: Workspace) -> None:
    found = as_json(digest(forecasts=told(workspace)))["forecasts"]
    assert found["foretold"][1]["threshold_day_50"] == date(2027, 1, 12)
    assert (found["forecasts"], found["not_forecastable"]) == (7, 1)
