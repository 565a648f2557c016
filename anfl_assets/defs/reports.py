"""The reports people get (§4.1) as assets: the executive digest, made, kept and sent once a day.

It is no part of a build: builds come every few minutes, this comes before the day begins.
"""

import os
from typing import TYPE_CHECKING

import dagster as dg

from anfl_assets.defs.failures import explained
from anfl_assets.defs.jobs import QUIET, REPORTS
from anfl_assets.defs.resources import WorkspaceResource

if TYPE_CHECKING:
    # What define_asset_job returns has no public name.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

EXECUTIVE = "executive_digest"
# After the night's builds, before the day begins; the proofs of channels go out at 07:05.
_CRON = "10 7 * * *"


@dg.asset(
    key=["report", "executive"],
    group_name=REPORTS,
    deps=["rpt_scoreboard", "fct_metric_status"],
    description="The executive digest of the newest build: kept by day, mailed, told on Slack.",
    kinds={"html"},
)
def executive(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it; only the bare name
    """Make, keep and send today's digest; sent once however often it is made."""
    from anfl_assets.flow.digest.tell import tell_executives

    with explained():
        told = tell_executives(workspace.open(), os.environ, now=workspace.now())
    targets = ", ".join(f"{each.channel} to {each.recipient}" for each in told.targets)
    return dg.MaterializeResult(
        metadata={
            "first_line": told.digest.first_line,
            "page": dg.MetadataValue.path(told.path),
            "build": told.digest.build_id,
            "goes_to": targets or "nobody: add reports.executive.contacts in alerts.yaml",
        }
    )


def report_job() -> "UnresolvedAssetJobDefinition":
    """Make the job of the digest."""
    selection = dg.AssetSelection.assets(executive)
    return dg.define_asset_job(EXECUTIVE, selection, description="Make and send today's digest.")


def report_schedules() -> list[dg.ScheduleDefinition]:
    """Make the schedule of the digest, switched on."""
    return [
        dg.ScheduleDefinition(
            name=EXECUTIVE,
            job_name=EXECUTIVE,
            cron_schedule=_CRON,
            execution_timezone="UTC",
            run_config=QUIET,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Sends the executive digest.",
        )
    ]
