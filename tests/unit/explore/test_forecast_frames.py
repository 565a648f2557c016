"""Forecasts as an analyst gets them: frames in an order that is of use, and one by one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from anfl_assets.errors import UserError
from anfl_assets.explore.forecasts import (
    DAYS_SCHEMA,
    SCHEMA,
    SCORECARD_SCHEMA,
    forecast,
    forecasts,
    scorecard,
)
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import MADE_AT, calm, distrusted, fan, put, score, vintage

METRIC = "resource_utilization"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    rows = (
        calm(vintage_id="v1", subject="api-1/cpu"),
        vintage(vintage_id="v2", recent=[80.0, 84.0]),
        vintage(vintage_id="v3", form="daily mean", threshold_day_50=date(2027, 2, 1)),
        distrusted(vintage_id="v4", subject="batch-1/memory"),
    )
    made = Workspace(tmp_path)
    scores = [score(rows[1], 7), score(rows[1], 7, kind="live", error=3.0)]
    put(made, rows, [day for row in rows for day in fan(row)], scores)
    return made


def test_the_soonest_crossing_stands_first(workspace: Workspace) -> None:
    found = forecasts(workspace)
    assert found.schema == SCHEMA
    assert found.select("subject", "form", "is_foretold").rows()[:2] == [
        ("db-2/disk", "daily peak", True), ("db-2/disk", "daily mean", True)
    ]  # fmt: skip
    assert (
        found["crossing"][0]
        == "crosses 90 % around 12 January (even odds), 90 % sure by 30 January"
    )
    assert found.filter(subject="batch-1/memory")["crossing"].item() == ""
    assert forecasts(workspace, known_at=MADE_AT - timedelta(hours=1)).is_empty()


def test_the_scorecard_counts_backtests_and_live_days_apart(workspace: Workspace) -> None:
    found = scorecard(workspace)
    assert found.schema == SCORECARD_SCHEMA
    assert found.select("lead_days", "n_backtest", "n_live", "mase").rows() == [
        (None, 1, 1, pytest.approx((1 / 1.5 + 3 / 1.5) / 2)),
        (7, 1, 1, pytest.approx((1 / 1.5 + 3 / 1.5) / 2)),
    ]


def test_a_forecast_is_its_days_and_what_it_is_worth(workspace: Workspace) -> None:
    found = forecast(workspace, METRIC, "db-2/disk", "daily mean")
    assert found.is_forecastable
    assert found.days.schema == DAYS_SCHEMA
    assert found.days.select("day", "mean").row(0) == (date(2026, 11, 23), pytest.approx(84.12))
    assert not forecast(workspace, METRIC, "batch-1/memory", None).is_forecastable


def test_without_a_subject_it_is_the_first_that_crosses(workspace: Workspace) -> None:
    assert str(forecast(workspace, METRIC, None, None)) == (
        "resource_utilization, db-2/disk, daily peak, from 2026-11-22: crosses 90 % around "
        "12 January (even odds), 90 % sure by 30 January"
    )


def test_a_subject_without_a_forecast_is_told_which_have_one_or_what_to_run(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"for gpu-1/cpu; there are db-2/disk \(daily peak\), "):
        forecast(workspace, METRIC, "gpu-1/cpu", None)
    empty = Workspace(tmp_path / "empty")
    with pytest.raises(UserError, match="`anfl forecast run` makes forecasts"):
        forecast(empty, METRIC, None, None)
    assert forecasts(empty).is_empty()
    assert scorecard(empty).schema == SCORECARD_SCHEMA
