"""The jobs a person or a schedule starts: collect, build_kpis, and everything in order."""

from typing import TYPE_CHECKING

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.assets import GROUP, source_key

if TYPE_CHECKING:
    # What define_asset_job returns has no public name.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

COLLECT = "collect"
BUILD_KPIS = "build_kpis"
EVERYTHING = "everything"
# The group of what people are sent, and that of forecasts: each by its own schedule, never with a
# build. A build comes every few minutes; a forecast takes as long, and is of days that have closed.
REPORTS = "report"
FORECASTS = "forecast"
# Every event of a run is in the instance's store; a copy on standard error only buries the
# terminal and fills the log of `anfl up`.
QUIET: dict[str, object] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def sources() -> dg.AssetSelection:
    """Select the five sources and their checks."""
    return dg.AssetSelection.groups(GROUP)


def kpis() -> dg.AssetSelection:
    """Select all that is built from the sources, whole, and what is analysed of it."""
    keys = [source_key(name) for name in load_catalog().sources]
    return everything() - dg.AssetSelection.assets(*keys)


def everything() -> dg.AssetSelection:
    """Select all but the reports and the forecasts."""
    return dg.AssetSelection.all() - dg.AssetSelection.groups(REPORTS, FORECASTS)


def jobs() -> "list[UnresolvedAssetJobDefinition]":
    """Make the three jobs of collecting and building."""
    return [
        dg.define_asset_job(COLLECT, sources(), description="Land every source's new files."),
        dg.define_asset_job(
            BUILD_KPIS, kpis(), description="Build, publish and analyse every metric."
        ),
        dg.define_asset_job(
            EVERYTHING, everything(), description="Collect, build, publish and analyse."
        ),
    ]
