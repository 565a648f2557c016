"""Each forecast of the catalog is an asset with a job and a schedule of its own, in no build."""

from __future__ import annotations

from dataclasses import replace

import dagster as dg
import pytest

from anfl_assets.catalog.duration import parse_cadence
from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.forecast_jobs import (
    Round,
    forecast_jobs,
    forecast_rounds,
    forecast_schedules,
)

CATALOG = load_catalog()


def test_capacity_is_planned_weekly_and_performance_forecast_daily_after_the_builds() -> None:
    assert forecast_rounds(CATALOG) == (
        Round(
            model="capacity_planning",
            asset_key=dg.AssetKey(["forecast", "capacity_planning"]),
            job="forecast_capacity_planning",
            schedule="forecast_capacity_planning_weekly",
            cron="52 0 * * 1",
        ),
        Round(
            model="performance_forecasting",
            asset_key=dg.AssetKey(["forecast", "performance"]),
            job="forecast_performance",
            schedule="forecast_performance_daily",
            cron="37 0 * * *",
        ),
    )


@pytest.mark.parametrize(
    ("cadence", "schedule", "cron"),
    [
        ("Real-time", "forecast_demand_daily", "37 0 * * *"),
        ("5-minute intervals", "forecast_demand_daily", "37 0 * * *"),
        ("Hourly", "forecast_demand_daily", "37 0 * * *"),
        ("Monthly", "forecast_demand_monthly", "52 1 1 * *"),
        ("Quarterly", "forecast_demand_quarterly", "52 2 1 1,4,7,10 *"),
    ],
)
def test_a_third_model_has_its_round_by_its_cadence_and_no_more_than_daily(
    cadence: str, schedule: str, cron: str
) -> None:
    performance = CATALOG.forecasts["performance_forecasting"]
    demand = replace(
        performance, name="demand_forecasting", update_frequency=parse_cadence(cadence)
    )
    catalog = replace(CATALOG, forecasts={**CATALOG.forecasts, demand.name: demand})
    third = forecast_rounds(catalog)[2]
    assert third.asset_key == dg.AssetKey(["forecast", "demand"])
    assert (third.job, third.schedule, third.cron) == ("forecast_demand", schedule, cron)


def test_schedules_are_on_in_utc_and_start_the_job_of_their_forecast() -> None:
    jobs = [job.name for job in forecast_jobs(CATALOG)]
    schedules = forecast_schedules(CATALOG)
    assert [schedule.job_name for schedule in schedules] == jobs
    for schedule in schedules:
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        assert schedule.execution_timezone == "UTC"


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job(name="forecast_performance")
def running() -> None:
    """Have the name of a forecast's job."""
    nothing()


def test_a_forecast_that_has_not_ended_is_not_started_twice() -> None:
    schedule = forecast_schedules(CATALOG)[1]
    with dg.instance_for_test() as instance:
        with dg.build_schedule_context(instance=instance) as context:
            assert len(schedule.evaluate_tick(context).run_requests or []) == 1
        instance.create_run_for_job(running, status=dg.DagsterRunStatus.STARTED)
        with dg.build_schedule_context(instance=instance) as context:
            tick = schedule.evaluate_tick(context)
    assert tick.run_requests == []
    assert tick.skip_message == "the run before has not ended; the next one catches up"
