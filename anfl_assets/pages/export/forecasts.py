"""The tables of forecasts as whole files of their own."""

from __future__ import annotations

from anfl_assets.report.forecasts import DAYS, SCORES, VINTAGES
from anfl_assets.store import lake
from anfl_assets.store.relations import parquet
from anfl_assets.store.workspace import Workspace


def forecast_tables(workspace: Workspace) -> dict[str, str]:
    """Return what there is, by the name it is exported under: `forecast_days`; as SQL to read."""
    found = {
        table: lake.files(workspace.forecast_path(table)) for table in (VINTAGES, DAYS, SCORES)
    }
    return {f"forecast_{table}": parquet(files) for table, files in found.items() if files}
