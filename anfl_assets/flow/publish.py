"""Publication: the audited tables of a private database become commits to the lake.

Each published model is one Delta commit that replaces the days it computed. Versions are handed
back for the build ledger to pin; until it does, no reader looks at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.errors import BuildError
from anfl_assets.flow.plan import ALL, Days, Model, Plan
from anfl_assets.store import lake
from anfl_assets.store.tidy import tidy
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class PublishedTable:
    """What a build did to one table: rows written, the version that holds them, and its state."""

    rows: int
    version: int
    state: str


def publish(
    workspace: Workspace,
    database: Path,
    plan: Plan,
    models: Iterable[Model],
    *,
    pinned: Mapping[str, int],
    build_id: str,
) -> dict[str, PublishedTable]:
    """Commit every published model of the build; return what became of each.

    A model that had nothing to compute keeps its pinned version.
    """
    import duckdb

    tables: dict[str, PublishedTable] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for model in models:
            if not model.is_published:
                continue
            days = plan.models[model.name].computes
            if days is not ALL and not days and model.name in pinned:
                tables[model.name] = PublishedTable(0, pinned[model.name], "unchanged")
                continue
            rows = _fresh(connection, model.name)
            if days is not ALL and model.name in pinned:
                # What a build committed and then crashed before its pin is nobody's: days would be
                # replaced in a table this build did not start from.
                lake.restore(workspace.mart_path(model.name), pinned[model.name])
            tables[model.name] = _commit(workspace, model.name, rows, days, build_id=build_id)
    return tables


def _commit(
    workspace: Workspace, name: str, rows: pl.DataFrame, days: Days, *, build_id: str
) -> PublishedTable:
    path = workspace.mart_path(name)
    metadata = {"build_id": build_id}
    if days is ALL:
        version = lake.overwrite(path, rows, metadata=metadata)
    else:
        version = lake.replace_dates(path, rows, dates=days, metadata=metadata)
    version = tidy(path, metadata=metadata) or version
    return PublishedTable(rows.height, version, "published")


def _fresh(connection: DuckDBPyConnection, name: str) -> pl.DataFrame:
    """Read what the build computed; dated rows get the lake's partition, in day order."""
    columns = [row[0] for row in connection.execute(f"describe fresh.{name}").fetchall()]
    query = f"select * from fresh.{name}"
    if "date" in columns:
        query = (
            f"select *, date_trunc('month', date)::date as month from fresh.{name} order by date"
        )
    frame = pl.from_arrow(connection.sql(query).to_arrow_table())
    if not isinstance(frame, pl.DataFrame):
        raise BuildError(f"{name}: the private database returned no table")
    return frame
