"""The five sources of §2.1 as assets: collecting one is landing its new files.

A source with nothing new is still materialized, with zero rows: it was asked. How old its data
is, the ledger knows and `anfl status` shows.
"""

from collections.abc import Sequence

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.catalog.sections import Source
from anfl_assets.defs.failures import explained
from anfl_assets.defs.freshness import source_freshness
from anfl_assets.defs.pools import BUILDING
from anfl_assets.defs.progress import FAULTY_KEY, PROBLEMS_KEY
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.land import LandProgress, LandReport, land

GROUP = "collect"
READ_CHECK = "every_file_could_be_used"


def source_key(source: str) -> dg.AssetKey:
    """Asset key of a source."""
    return dg.AssetKey(["raw", source])


def source_assets() -> list[dg.AssetsDefinition]:
    """One asset for each source of the catalog."""
    return [_source_asset(source) for source in load_catalog().sources.values()]


def _source_asset(source: Source) -> dg.AssetsDefinition:
    key = source_key(source.name)

    @dg.asset(
        key=key,
        group_name=GROUP,
        description=f"{source.description}; {source.frequency}, kept {source.retention} (§2.1).",
        kinds={"deltalake"},
        tags={"anfl/store": source.store, "anfl/manual": str(source.is_manual).lower()},
        freshness_policy=source_freshness(source),
        check_specs=[dg.AssetCheckSpec(READ_CHECK, asset=key)],
        pool=BUILDING,
    )
    def collected(
        context: dg.AssetExecutionContext, workspace: WorkspaceResource
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it; only the bare name
        def say(progress: LandProgress) -> None:
            context.log.info(
                "%s: %s of %s files, %s rows",
                progress.feed,
                progress.files_done,
                progress.files_total,
                f"{progress.received:,}",
            )

        with explained():
            reports = land(
                workspace.open(),
                workspace.load_feeds(),
                sources=[source.name],
                now=workspace.now(),
                on_progress=say,
            )
        return landed_result(reports)

    return collected


def landed_result(reports: Sequence[LandReport]) -> dg.MaterializeResult[None]:
    """Add up what landed, a running collector's landings since the last published build included.

    What could not be used is a warning on the source.
    """
    told = [report for report in reports if report.message and report.status != "live"]
    problems = [f"{report.feed}: {report.message}" for report in told]
    faulty = [report for report in reports if report.status == "faulty" or report.rejected]
    waiting = [report for report in reports if report.status == "unavailable"]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(report.accepted for report in reports),
            "files": sum(report.files for report in reports),
            "received": sum(report.received for report in reports),
            "quarantined": sum(report.quarantined for report in reports),
            "duplicates": sum(report.duplicates for report in reports),
            "superseded": sum(report.superseded for report in reports),
            **_running_systems(reports),
            FAULTY_KEY: len(faulty),
            PROBLEMS_KEY: "\n".join(problems),
        },
        check_results=[
            dg.AssetCheckResult(
                passed=not faulty and not waiting,
                check_name=READ_CHECK,
                severity=dg.AssetCheckSeverity.WARN,
                description="\n".join(problems) or None,
            )
        ],
    )


def _running_systems(reports: Sequence[LandReport]) -> dict[str, dg.JsonMetadataValue]:
    """Say of each feed that is asked, not read, what it landed and its lag; nothing without any."""
    told = {
        report.feed: {
            "status": report.status,
            "loads": report.files,
            "rows": report.accepted,
            "lag_s": None if report.lag_s is None else round(report.lag_s, 1),
        }
        for report in reports
        if report.status == "live" or report.lag_s is not None
    }
    return {"running_systems": dg.MetadataValue.json(told)} if told else {}
