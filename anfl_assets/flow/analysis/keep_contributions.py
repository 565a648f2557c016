"""The parts of every metric's last change, kept in the lake beside trends and correlations."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import polars as pl

from anfl_assets.catalog.model import Catalog
from anfl_assets.flow.analysis.contributions import contribution_rows, explain_all
from anfl_assets.frames import TIMESTAMP
from anfl_assets.report.analysis_tables import DAY, OF, versions
from anfl_assets.report.contributions import TABLE, ContributionRow
from anfl_assets.report.published import Published
from anfl_assets.store import lake
from anfl_assets.store.tidy import tidy
from anfl_assets.store.workspace import COMMIT_WAIT_S

_TEXT, _NUMBER = pl.String(), pl.Float64()
_SCHEMA: dict[str, pl.DataType] = {
    "metric_id": _TEXT,
    "subject": _TEXT,
    "effect": _TEXT,
    "amount": _NUMBER,
    "unit": _TEXT,
    "whole": _TEXT,
    "before": _NUMBER,
    "after": _NUMBER,
    "grain": _TEXT,
    "window_start_at": TIMESTAMP,
    "window_end_at": TIMESTAMP,
    "against_start_at": TIMESTAMP,
    "against_end_at": TIMESTAMP,
    "computed_at": TIMESTAMP,
    "build_id": _TEXT,
}


def compute_contributions(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None = None
) -> list[ContributionRow]:
    """Split the last change of every metric; empty where nothing changed or nothing is there."""
    explained, _ = explain_all(published, catalog, at=as_of)
    return contribution_rows(explained, build_id=published.build.build_id, now=now)


def keep_contributions(published: Published, rows: list[ContributionRow]) -> int | None:
    """Commit them; return the version, None where there is no row to keep.

    They are filed under the day of the newest window; what was kept of that day before goes.
    """
    if not rows:
        return None
    day = max(row.window_end_at for row in rows).date()
    frame = pl.DataFrame([asdict(row) for row in rows], schema=_SCHEMA, orient="row")
    dated = frame.with_columns(pl.lit(day).alias(DAY), pl.lit(versions(published.build)).alias(OF))
    path, metadata = published.workspace.analysis_path(TABLE), {"build_id": rows[0].build_id}
    with published.workspace.writing(wait_s=COMMIT_WAIT_S):
        kept = lake.scan(path)
        if kept is not None and kept.collect_schema().names() != dated.columns:
            # Of another version of this program: it can be computed again, so nothing is kept.
            return lake.overwrite(path, dated, metadata=metadata)
        version = lake.replace_dates(path, dated, dates=[day], metadata=metadata)
        return tidy(path, metadata=metadata) or version
