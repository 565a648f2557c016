"""The forecasts of the catalog as assets (§3.2): every series of a model forecast, kept and scored.

They hang on the tables that every build publishes anew, as the analyses do, and are no part of a
build: a job and a schedule of their own make them (`forecast_jobs.py`).
"""

import time
from collections.abc import Callable
from typing import Any

import dagster as dg

from anfl_assets.catalog.model import Catalog
from anfl_assets.catalog.sections import Forecast
from anfl_assets.defs.failures import explained, patient
from anfl_assets.defs.forecast_jobs import forecast_key
from anfl_assets.defs.forecast_metadata import (
    fan_metadata,
    forecast_metadata,
    most_telling,
    vintages_of,
)
from anfl_assets.defs.freshness import forecast_freshness
from anfl_assets.defs.jobs import FORECASTS
from anfl_assets.defs.pools import FORECASTING
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.forecasting.run import ForecastRun, Told, run_forecasts
from anfl_assets.report.forecasts import VINTAGES, days_of
from anfl_assets.report.published import open_published
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace

_PARENTS = ("fct_metric_observation", "fct_status_latest")
_KINDS = {"deltalake", "numpy", "prophet"}
# Every series would be a thousand lines; this often tells that it goes on.
_SAY_EVERY_S = 5.0


def forecast_assets(catalog: Catalog) -> list[dg.AssetsDefinition]:
    """Make one asset for each forecast of the catalog."""
    return [_forecast(catalog, asked) for asked in catalog.forecasts.values()]


def now_and_then(say: Callable[[str], None], clock: Callable[[], float]) -> Callable[[Told], None]:
    """Return what tells of series at most every five seconds (of the clock), and of the last."""
    said_s = clock()

    def tell(told: Told) -> None:
        nonlocal said_s
        now_s = clock()
        if told.number == told.total or now_s - said_s >= _SAY_EVERY_S:
            said_s = now_s
            row = told.vintage
            say(
                f"{told.number:,} of {told.total:,} series; "
                f"{row.subject} {row.metric_id} {row.form}: {row.status.replace('_', ' ')}"
            )

    return tell


def _forecast(catalog: Catalog, asked: Forecast) -> dg.AssetsDefinition:
    @dg.asset(
        key=forecast_key(asked.name),
        deps=_PARENTS,
        group_name=FORECASTS,
        description=_description(asked),
        kinds=_KINDS,
        freshness_policy=forecast_freshness(asked),
        pool=FORECASTING,
    )
    def forecast(
        context: dg.AssetExecutionContext, workspace: WorkspaceResource
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it; only the bare name
        started = time.monotonic()
        folder = workspace.open()
        with explained(), patient(), open_published(folder) as published:
            run = run_forecasts(
                published,
                catalog,
                [asked.name],
                now=workspace.now(),
                on_series=now_and_then(context.log.info, time.monotonic),
            )
        seconds = time.monotonic() - started
        return dg.MaterializeResult(metadata=_told(run, folder, seconds=seconds))

    return forecast


def _told(run: ForecastRun, folder: Workspace, *, seconds: float) -> dict[str, Any]:
    shown = most_telling(vintages_of(run))
    fan = {} if shown is None else {"fan": fan_metadata(shown, days_of(folder, shown.vintage_id))}
    version = lake.version(folder.forecast_path(VINTAGES))
    kept = {} if version is None else {"delta_version": version}
    return {**forecast_metadata(run, seconds=seconds), **kept, **fan}


def _description(asked: Forecast) -> str:
    series = "; ".join(f"{word}: {', '.join(forms)}" for word, forms in asked.series.items())
    return f"{asked.horizon} ahead, {str(asked.update_frequency).lower()}: {series} (§3.2)."
