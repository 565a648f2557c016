"""When each forecast of the catalog is made (§3.2): by a job and a schedule, never in a build.

A series has one value a day, so a cadence below a day is served by the daily round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from anfl_assets.catalog.model import Catalog
from anfl_assets.catalog.sections import Forecast
from anfl_assets.defs.jobs import FORECASTS
from anfl_assets.defs.schedules import tick_name, unless_unfinished

if TYPE_CHECKING:
    # What define_asset_job returns has no public name.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

# The build of the day starts at 00:07, that of a quarter at 00:22; by these it is done.
_CRONS: Mapping[str, str] = {
    "daily": "37 0 * * *",
    "weekly": "52 0 * * 1",
    "monthly": "52 1 1 * *",
    "quarterly": "52 2 1 1,4,7,10 *",
}
_SUFFIX = "_forecasting"


@dataclass(frozen=True)
class Round:
    """A forecast of the catalog, its asset, and the job and schedule (cron, UTC) that make it."""

    model: str
    asset_key: dg.AssetKey
    job: str
    schedule: str
    cron: str


def forecast_rounds(catalog: Catalog) -> tuple[Round, ...]:
    """List the rounds, one for each forecast of the catalog."""
    return tuple(_round(asked) for asked in catalog.forecasts.values())


def forecast_key(model: str) -> dg.AssetKey:
    """Asset key of a forecast: `forecast/performance` for `performance_forecasting`."""
    return dg.AssetKey([FORECASTS, model.removesuffix(_SUFFIX)])


def forecast_jobs(catalog: Catalog) -> "list[UnresolvedAssetJobDefinition]":
    """Make a job for each forecast, its checks included."""
    return [
        dg.define_asset_job(
            each.job,
            dg.AssetSelection.assets(each.asset_key),
            description=f"Forecast {each.model}, score what has come true, check both.",
        )
        for each in forecast_rounds(catalog)
    ]


def forecast_schedules(catalog: Catalog) -> list[dg.ScheduleDefinition]:
    """Make a schedule, switched on, for each forecast."""
    return [_schedule(each) for each in forecast_rounds(catalog)]


def _round(asked: Forecast) -> Round:
    tick = tick_name(asked.update_frequency)
    name = tick if tick in _CRONS else "daily"
    key = forecast_key(asked.name)
    job = "_".join(key.path)
    return Round(asked.name, key, job, f"{job}_{name}", _CRONS[name])


def _schedule(each: Round) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=each.schedule,
        job_name=each.job,
        cron_schedule=each.cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Forecasts {each.model}.",
        execution_fn=unless_unfinished(each.job),
    )
