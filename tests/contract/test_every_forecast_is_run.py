"""Every predictive model of the catalog has an asset, two checks, a job and a schedule (§3.2)."""

from __future__ import annotations

import dagster as dg
import pytest

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.assemble import assemble
from anfl_assets.defs.forecast_checks import COVERAGE, SKILL
from anfl_assets.defs.forecast_jobs import forecast_rounds
from anfl_assets.report.conform.schedule import Schedule, longest_wait_s

CATALOG = load_catalog()
ROUNDS = forecast_rounds(CATALOG)


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return assemble()


def test_there_is_an_asset_for_each_and_no_other(definitions: dg.Definitions) -> None:
    specs = [
        spec for spec in definitions.resolve_all_asset_specs() if spec.group_name == "forecast"
    ]
    assert {spec.key.to_user_string() for spec in specs} == {
        "forecast/capacity_planning",
        "forecast/performance",
    }
    assert {each.model for each in ROUNDS} == set(CATALOG.forecasts)
    for spec in specs:
        parents = {dependency.asset_key.to_user_string() for dependency in spec.deps}
        assert parents == {"fct_metric_observation", "fct_status_latest"}


def test_each_is_told_by_what_the_catalog_asks_for(definitions: dg.Definitions) -> None:
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    for each in ROUNDS:
        asked = CATALOG.forecasts[each.model]
        assert str(asked.horizon) in str(specs[each.asset_key].description)
        every = asked.update_frequency.every
        assert every is not None
        assert specs[each.asset_key].freshness_policy == dg.FreshnessPolicy.time_window(
            fail_window=2 * (every.timedelta or pytest.fail(each.model))
        )


def test_each_has_two_checks_that_stop_nothing(definitions: dg.Definitions) -> None:
    specs = [spec for checks in definitions.asset_checks or () for spec in checks.check_specs]
    for each in ROUNDS:
        own = [spec for spec in specs if spec.asset_key == each.asset_key]
        assert len(own) == 2
        assert not any(spec.blocking for spec in own)


def test_a_job_makes_one_forecast_and_its_checks_and_a_schedule_starts_it_in_time(
    definitions: dg.Definitions,
) -> None:
    schedules = {schedule.name: schedule for schedule in definitions.schedules or ()}
    for each in ROUNDS:
        short = each.asset_key.path[-1]
        steps = set(definitions.resolve_job_def(each.job).graph.node_dict)
        checks = {f"forecast__{short}_{name}" for name in (SKILL, COVERAGE)}
        assert steps == {f"forecast__{short}", *checks}
        schedule = schedules[each.schedule]
        assert isinstance(schedule, dg.ScheduleDefinition)
        assert schedule.job_name == each.job
        asked = CATALOG.forecasts[each.model].update_frequency
        assert Schedule(each.schedule, each.cron, ()).period_s == longest_wait_s(asked)


def test_no_job_that_builds_forecasts(definitions: dg.Definitions) -> None:
    forecasts = {f"forecast__{each.asset_key.path[-1]}" for each in ROUNDS}
    builds = ["build_kpis", "everything"]
    builds += [name for s in definitions.schedules or () if (name := s.name).startswith("collect")]
    for name in builds:
        assert not forecasts & set(definitions.resolve_job_def(name).graph.node_dict)
