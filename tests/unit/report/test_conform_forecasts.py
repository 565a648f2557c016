"""Lines of §3.2: live where forecasts stand that look as far ahead, and as often, as is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.report.conform import forecasts
from anfl_assets.report.conform.evidence import Evidence, Finding, MetricFacts
from anfl_assets.report.conform.gather_forecasts import forecasts as gathered
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.schedule import Schedule
from anfl_assets.report.forecasts import VintageRow
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import calm, distrusted, put, refused, vintage

CATALOG = load_catalog()
# The end of the day that forecasts made by hand were made from.
DAWN = datetime(2026, 11, 23, tzinfo=UTC)
WEEKLY = Schedule("forecast_capacity_planning_weekly", "52 0 * * 1", ())
MONTHLY = Schedule("forecast_monthly", "0 1 1 * *", ())
PEAK, MEAN = {"form": "daily peak"}, {"form": "daily mean"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def _live(
    workspace: Workspace,
    vintages: Sequence[VintageRow],
    *,
    schedule: Schedule | None = WEEKLY,
    data_end: datetime = DAWN,
) -> Evidence:
    put(workspace, [replace(row, vintage_id=f"v{n}") for n, row in enumerate(vintages)])
    return Evidence(
        CATALOG,
        metrics={
            "resource_utilization": MetricFacts("", "%", "<=", 80, 90, last_end_at=data_end),
            "user_adoption": MetricFacts("", "%", ">=", 20, 10),
        },
        forecasts=gathered(workspace),
        forecast_schedules={} if schedule is None else {"capacity_planning": schedule},
    )


def _line(key: str, value: str) -> Line:
    path = ("predictive_models", "capacity_planning", key)
    return Line("3.2 Predictive Analytics", path, value, is_item=key == "metrics")


def test_a_word_is_live_when_every_form_of_its_metric_is_forecast(workspace: Workspace) -> None:
    live = _live(workspace, [vintage(**PEAK), calm(subject="db-1/disk", **PEAK), calm(**MEAN)])
    assert forecasts.series_of_word(_line("metrics", "resource_usage"), live) == Finding(
        "ok",
        "resource_utilization (daily peak, daily mean)",
        "3 series, 3 forecastable, 0 refused, from days up to 2026-11-22",
    )


def test_one_form_alone_leaves_the_word_without_the_other(workspace: Workspace) -> None:
    found = forecasts.series_of_word(
        _line("metrics", "resource_usage"), _live(workspace, [distrusted(**PEAK)])
    )
    assert (found.status, found.evidence) == (
        "missing",
        (
            "– no forecast of resource_utilization daily mean; "
            "1 series, 0 forecastable, 0 refused, from days up to 2026-11-22"
        ),
    )


def test_what_was_only_refused_is_not_forecast(workspace: Workspace) -> None:
    elsewhere = vintage(model="performance_forecasting")
    live = _live(workspace, [refused(**PEAK), refused(**MEAN), elsewhere])
    assert forecasts.series_of_word(_line("metrics", "resource_usage"), live).status == "missing"
    assert forecasts.horizon(_line("horizon", "90 days"), live).status == "missing"


@pytest.mark.parametrize(("days", "status"), [(90, "ok"), (30, "drifted")])
def test_a_horizon_is_that_of_what_is_kept(workspace: Workspace, days: int, status: str) -> None:
    live = _live(workspace, [vintage(horizon_days=days), refused(subject="new")])
    found = forecasts.horizon(_line("horizon", "90 days"), live)
    assert found.status == status
    assert found.evidence.startswith(f"{days} days ahead: 2 series, 1 forecastable")


@pytest.mark.parametrize(("days", "status"), [(0, "ok"), (8, "ok"), (9, "drifted")])
def test_a_weekly_forecast_is_at_most_a_week_and_a_day_behind_the_data(
    workspace: Workspace, days: int, status: str
) -> None:
    live = _live(workspace, [vintage()], data_end=DAWN + timedelta(days=days))
    found = forecasts.update_frequency(_line("update_frequency", "Weekly"), live)
    assert (found.status, found.configuration) == (status, str(WEEKLY))
    assert found.evidence == (
        "newest made 2026-11-23 03:00 from days up to 2026-11-22, "
        f"data to {DAWN + timedelta(days=days):%Y-%m-%d} 00:00"
    )


def test_a_forecast_on_no_schedule_or_too_slow_a_one_is_told(workspace: Workspace) -> None:
    line = _line("update_frequency", "Weekly")
    without = _live(workspace, [vintage()], schedule=None)
    assert forecasts.update_frequency(line, without).status == "missing"
    slow = replace(without, forecast_schedules={"capacity_planning": MONTHLY})
    assert forecasts.update_frequency(line, slow).configuration == (
        "found forecast_monthly (0 1 1 * *); expected a round every 604800 s"
    )


def test_nothing_forecast_is_missing_everywhere(workspace: Workspace) -> None:
    live = _live(workspace, [])
    found = [
        forecasts.series_of_word(_line("metrics", "resource_usage"), live),
        forecasts.horizon(_line("horizon", "90 days"), live),
        forecasts.update_frequency(_line("update_frequency", "Weekly"), live),
    ]
    assert {(each.status, each.evidence) for each in found} == {
        ("missing", "– none is kept; `anfl forecast run` makes them")
    }


def test_another_models_forecasts_prove_nothing(workspace: Workspace) -> None:
    live = _live(workspace, [vintage(model="performance_forecasting")])
    assert forecasts.horizon(_line("horizon", "90 days"), live).status == "missing"
