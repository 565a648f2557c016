"""§3.1, whose the changes are, as an asset: the parts of every metric's last change."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.failures import explained
from anfl_assets.defs.pools import BUILDING
from anfl_assets.defs.progress import SAID_KEY
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.analysis.keep_contributions import compute_contributions, keep_contributions
from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.published import open_published


def contribution_asset(group: str, parent: str) -> dg.AssetsDefinition:
    """Make the asset, of a group, on the model that every build publishes anew."""

    @dg.asset(
        key=dg.AssetKey([group, "contributions"]),
        deps=[parent],
        group_name=group,
        description="What each subject contributed to the last change of every metric (§3.1).",
        kinds={"deltalake", "numpy"},
        pool=BUILDING,
    )
    def contributions(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it; only the bare name
        with explained(), open_published(workspace.open()) as published:
            rows = compute_contributions(published, load_catalog(), now=workspace.now())
            version = keep_contributions(published, rows)
        return dg.MaterializeResult(metadata=contribution_metadata(rows, version))

    return contributions


def contribution_metadata(rows: Sequence[ContributionRow], version: int | None) -> dict[str, Any]:
    """Say of how many metrics the change was split, and into how many parts."""
    metrics = len({row.metric_id for row in rows})
    said = f"{len(rows):,} parts of the change of {metrics} metrics" if rows else "nothing changed"
    kept = {} if version is None else {"delta_version": version}
    return {"dagster/row_count": len(rows), SAID_KEY: said, **kept}
