"""A data folder with a published build of literal observations, judged by the compiled judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.alerting.replaying.history import (
    OBSERVATION,
    STATUS,
    Judging,
    OwnTarget,
    rejudge,
)
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.store import builds, lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)
Values = Mapping[tuple[str, str], Sequence[float | None]]


def published_folder(folder: Path, values: Values, *, own: Sequence[OwnTarget] = ()) -> Workspace:
    """Publish windows of 5 minutes by metric and subject; `nan` stands for a window that is not."""
    catalog = load_catalog()
    observed = pl.DataFrame(
        [
            {
                "metric_id": metric_id,
                "subject": subject,
                "grain": "5 minutes",
                "window_start_at": START + number * FIVE,
                "window_end_at": START + (number + 1) * FIVE,
                "value": value,
                "unit": catalog.metrics[metric_id].unit.value,
                "numerator": None,
                "denominator": None,
                "sample_count": 10,
                "date": (START + number * FIVE).date(),
            }
            for (metric_id, subject), series in values.items()
            for number, value in enumerate(series)
            if value == value  # noqa: PLR0124 - a gap is nan
        ],
        schema_overrides={"numerator": pl.Float64, "denominator": pl.Float64},
    )
    workspace = open_workspace(folder)
    compiled = {each.name: each.sql for each in load_definitions()}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("made", observed.to_arrow())
        connection.execute("create temp table observed as from made")
        rejudge(connection, compiled[STATUS], Judging(catalog, own=tuple(own)))
        for name, relation in ((OBSERVATION, "observed"), (STATUS, "rejudged")):
            rows = pl.DataFrame(
                connection.table(relation)
                .project("*, date_trunc('month', date)::date as month")
                .to_arrow_table()
            )
            lake.append(workspace.mart_path(name), rows, metadata={})
    _publish(workspace, compiled)
    return workspace


def _publish(workspace: Workspace, compiled: Mapping[str, str]) -> None:
    with open_ledger(workspace) as ledger:
        builds.begin(
            ledger,
            "literal",
            is_full=True,
            definition_sha256="0" * 64,
            consumed_load_id=0,
            watermarks={},
            started_at=START,
        )
        builds.finish(
            ledger,
            "literal",
            status="published",
            tables={
                name: lake.version(workspace.mart_path(name)) or 0 for name in (OBSERVATION, STATUS)
            },
            compiled=compiled,
            finished_at=START,
        )
