"""All trends and correlations of the catalog on one published build, computed and kept.

One commit per table; a second computation of the same day takes the first one's place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

import polars as pl

from anfl_assets.catalog.model import Catalog
from anfl_assets.flow.analysis.correlations import correlation_rows
from anfl_assets.flow.analysis.stamp import Stamp
from anfl_assets.flow.analysis.subjects import data_as_of, subjects_of
from anfl_assets.flow.analysis.trends import trend_rows
from anfl_assets.frames import TIMESTAMP
from anfl_assets.report.analysis_tables import DAY, OF, versions
from anfl_assets.report.correlations import TABLE as CORRELATIONS
from anfl_assets.report.correlations import CorrelationRow, stored_correlations, surest_first
from anfl_assets.report.published import Published
from anfl_assets.report.trends import TABLE as TRENDS
from anfl_assets.report.trends import TrendRow, stored_trends, worst_first
from anfl_assets.store import lake
from anfl_assets.store.tidy import tidy
from anfl_assets.store.workspace import COMMIT_WAIT_S

_TYPES: dict[str, pl.DataType] = {
    "str": pl.String(),
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "datetime": TIMESTAMP,
    "list[datetime]": pl.List(TIMESTAMP),
    "list[float]": pl.List(pl.Float64()),
    "list[float | None]": pl.List(pl.Float64()),
}


def standing_trends(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None = None
) -> list[TrendRow]:
    """Return the trends kept of this build; computed now where none are, or for another moment."""
    kept = stored_trends(published) if as_of is None else None
    return kept or compute_trends(published, catalog, now=now, as_of=as_of)


def standing_correlations(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None = None
) -> list[CorrelationRow]:
    """Return the correlations kept of this build; computed now as `standing_trends` are."""
    kept = stored_correlations(published) if as_of is None else None
    return kept or compute_correlations(published, catalog, now=now, as_of=as_of)


def compute_trends(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None = None
) -> list[TrendRow]:
    """Compute every trend of the catalog, worst first; empty where no window had ended."""
    asked = catalog.trends.values()
    subjects = subjects_of(
        published, catalog, {name for each in asked for name in each.metric_ids}, as_of=as_of
    )
    at = data_as_of(published, subjects, as_of)
    if at is None:
        return []
    stamp = Stamp(published.build.build_id, at, now)
    return worst_first(
        [row for each in asked for row in trend_rows(published, each, subjects, stamp)]
    )


def compute_correlations(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None = None
) -> list[CorrelationRow]:
    """Compute every correlation of the catalog, the surest first; empty where none had ended."""
    asked = catalog.correlations.values()
    ids = {name for each in asked for pair in each.pairs for name in pair}
    subjects = subjects_of(published, catalog, ids, as_of=as_of)
    at = data_as_of(published, subjects, as_of)
    if at is None:
        return []
    stamp = Stamp(published.build.build_id, at, now)
    return surest_first(
        [row for each in asked for row in correlation_rows(published, each, subjects, stamp)]
    )


def keep_trends(published: Published, rows: Sequence[TrendRow]) -> int | None:
    """Commit trends; return the version, None where there is no row to keep."""
    return _keep(published, TRENDS, TrendRow, rows)


def keep_correlations(published: Published, rows: Sequence[CorrelationRow]) -> int | None:
    """Commit correlations; return the version, None where there is no row to keep."""
    return _keep(published, CORRELATIONS, CorrelationRow, rows)


def _keep(
    published: Published,
    table: str,
    kind: type[TrendRow | CorrelationRow],
    rows: Sequence[TrendRow | CorrelationRow],
) -> int | None:
    if not rows:
        return None
    schema = {field.name: _type(str(field.type)) for field in fields(kind)}
    day = rows[0].as_of.date()
    frame = pl.DataFrame([vars(row) for row in rows], schema=schema, orient="row")
    workspace, metadata = published.workspace, {"build_id": rows[0].build_id}
    path = workspace.analysis_path(table)
    dated = frame.with_columns(pl.lit(day).alias(DAY), pl.lit(versions(published.build)).alias(OF))
    with workspace.writing(wait_s=COMMIT_WAIT_S):
        return _commit(path, dated, day, metadata)


def _commit(path: Path, dated: pl.DataFrame, day: date, metadata: Mapping[str, str]) -> int:
    if _is_of_another_version(path, dated):
        # Everything here can be computed again; nothing of it is worth a migration.
        return lake.overwrite(path, dated, metadata=metadata)
    version = lake.replace_dates(path, dated, dates=[day], metadata=metadata)
    return tidy(path, metadata=metadata) or version


def _is_of_another_version(path: Path, rows: pl.DataFrame) -> bool:
    kept = lake.scan(path)
    return kept is not None and kept.collect_schema().names() != rows.columns


def _type(annotation: str) -> pl.DataType:
    return _TYPES.get(annotation) or _TYPES[annotation.removesuffix(" | None")]
