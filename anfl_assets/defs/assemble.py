"""All definitions in one object, for Dagster's entry point and for runs in this process."""

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.analysis import analysis_assets
from anfl_assets.defs.assets import source_assets
from anfl_assets.defs.checks import suite_checks
from anfl_assets.defs.dbt import dbt_models
from anfl_assets.defs.forecast_checks import forecast_checks
from anfl_assets.defs.forecast_jobs import forecast_jobs, forecast_schedules
from anfl_assets.defs.forecasts import forecast_assets
from anfl_assets.defs.jobs import jobs
from anfl_assets.defs.reports import executive, report_job, report_schedules
from anfl_assets.defs.resources import workspace_from_environment
from anfl_assets.defs.schedules import schedules
from anfl_assets.defs.sensors import sensors


def assemble() -> dg.Definitions:
    """Make the definitions; a stale dbt manifest is parsed first."""
    catalog = load_catalog()
    return dg.Definitions(
        assets=[
            *source_assets(),
            dbt_models(),
            *analysis_assets(),
            *forecast_assets(catalog),
            executive,
        ],
        asset_checks=[*suite_checks(), *forecast_checks(catalog)],
        jobs=[*jobs(), *forecast_jobs(catalog), report_job()],
        schedules=[*schedules(), *forecast_schedules(catalog), *report_schedules()],
        sensors=sensors(),
        resources={"workspace": workspace_from_environment()},
        # A step is one call into a library that uses the cores itself; processes would only cost.
        executor=dg.in_process_executor,
    )
