"""A forecast's asset and its checks on the example company, of one series: each costs seconds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.model import Catalog
from anfl_assets.defs.forecast_checks import COVERAGE, SKILL, forecast_checks
from anfl_assets.defs.forecasts import forecast_assets
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.report.forecasts import days_of, standing_vintages
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

KEY = dg.AssetKey(["forecast", "demand"])


def _catalog() -> Catalog:
    """The catalog, but for one model that it does not have, of one series."""
    catalog = load_catalog()
    demand = replace(
        catalog.forecasts["capacity_planning"],
        name="demand_forecasting",
        metric_words=("growth_rate",),
        metric_ids=("user_adoption",),
        series={"growth_rate": ("daily form",)},
    )
    return replace(catalog, forecasts={demand.name: demand})


def _materialize(root: Path) -> dg.ExecuteInProcessResult:
    catalog = _catalog()
    resource = WorkspaceResource(data_dir=str(root), as_of=EXAMPLE_AS_OF.isoformat())
    return dg.materialize(
        [*forecast_assets(catalog), *forecast_checks(catalog)],
        resources={"workspace": resource},
        raise_on_error=False,
    )


@pytest.mark.slow
def test_a_model_of_the_catalog_is_forecast_kept_told_and_checked(
    built_example: BuiltExample, tmp_path: Path
) -> None:
    for part in ("state", "lake/marts"):
        shutil.copytree(built_example.root / part, tmp_path / part)
    first, second = _materialize(tmp_path), _materialize(tmp_path)
    [row] = standing_vintages(Workspace(tmp_path))
    assert (row.model, row.metric_id, row.horizon_days) == (
        "demand_forecasting",
        "user_adoption",
        90,
    )
    assert len(days_of(Workspace(tmp_path), row.vintage_id)) == 90
    told = [_metadata(run) for run in (first, second)]
    assert [(each["made"], each["standing_from_before"]) for each in told] == [(1, 0), (0, 1)]
    assert told[0]["said"].startswith("1 series: 1 ")
    assert told[0]["fan"].startswith("![Last observed ")
    checks = first.get_asset_check_evaluations()
    assert {(each.asset_key, each.check_name) for each in checks} == {(KEY, SKILL), (KEY, COVERAGE)}


def test_a_folder_without_a_build_fails_with_what_to_do(tmp_path: Path) -> None:
    run = _materialize(tmp_path)
    assert not run.success
    [failed] = [event for event in run.all_events if event.is_step_failure]
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert str(told.description).endswith("nothing was published there yet; run `anfl run` first")


def _metadata(run: dg.ExecuteInProcessResult) -> dict[str, Any]:
    [made] = run.asset_materializations_for_node("forecast__demand")
    return {name: value.value for name, value in made.metadata.items()}
