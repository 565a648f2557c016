"""§3.1 as assets: what is found in the build before, computed in the same run.

They hang on the table that every build publishes anew, so that a build in which no day changed is
analysed as well: what has fallen silent since is a finding.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.contributions import contribution_asset
from anfl_assets.defs.failures import explained
from anfl_assets.defs.markdown import table
from anfl_assets.defs.pools import BUILDING
from anfl_assets.defs.progress import SAID_KEY
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.analysis.analyse import (
    compute_correlations,
    compute_trends,
    keep_correlations,
    keep_trends,
)
from anfl_assets.report.correlations import CorrelationRow
from anfl_assets.report.published import open_published
from anfl_assets.report.trends import TrendRow

GROUP = "analyze"
_PARENT = "fct_status_latest"
_SHOWN = 20


def analysis_assets() -> list[dg.AssetsDefinition]:
    """Make the three assets."""
    return [_trends(), _correlations(), contribution_asset(GROUP, _PARENT)]


def _trends() -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([GROUP, "trends"]),
        deps=[_PARENT],
        group_name=GROUP,
        description="Level, slope, season and jumps of every metric and subject (§3.1).",
        kinds={"deltalake", "numpy"},
        pool=BUILDING,
    )
    def trends(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it; only the bare name
        with explained(), open_published(workspace.open()) as published:
            rows = compute_trends(published, load_catalog(), now=workspace.now())
            version = keep_trends(published, rows)
        return dg.MaterializeResult(metadata=trend_metadata(rows, version))

    return trends


def _correlations() -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([GROUP, "correlations"]),
        deps=[_PARENT],
        group_name=GROUP,
        description="Which subjects of two metrics go together, and which one leads (§3.1).",
        kinds={"deltalake", "numpy"},
        pool=BUILDING,
    )
    def correlations(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # as above
        with explained(), open_published(workspace.open()) as published:
            rows = compute_correlations(published, load_catalog(), now=workspace.now())
            version = keep_correlations(published, rows)
        return dg.MaterializeResult(metadata=correlation_metadata(rows, version))

    return correlations


def trend_metadata(rows: Sequence[TrendRow], version: int | None) -> dict[str, Any]:
    """Say how many of each verdict, and the worst as a table."""
    shown = [
        (row.trend, row.verdict, row.metric_id, row.subject, row.reason) for row in rows[:_SHOWN]
    ]
    headings = ("trend", "verdict", "metric", "subject", "why")
    return _metadata([row.verdict for row in rows], version, table(headings, shown))


def correlation_metadata(rows: Sequence[CorrelationRow], version: int | None) -> dict[str, Any]:
    """Say how many of each verdict, and the surest as a table."""
    shown = [
        (
            row.correlation,
            row.verdict,
            f"{row.left_metric_id} {row.left_subject}",
            f"{row.right_metric_id} {row.right_subject}",
            "" if row.r is None else f"{row.r:+.2f}",
            row.reason,
        )
        for row in rows[:_SHOWN]
    ]
    headings = ("correlation", "verdict", "left", "right", "r", "why")
    return _metadata([row.verdict for row in rows], version, table(headings, shown))


def _metadata(verdicts: list[str], version: int | None, preview: str) -> dict[str, Any]:
    counts = Counter(verdicts)
    said = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items())
    kept = {} if version is None else {"delta_version": version}
    return {
        "dagster/row_count": len(verdicts),
        SAID_KEY: said or "no window has ended yet",
        **dict(counts),
        **kept,
        "preview": dg.MetadataValue.md(preview),
    }
