"""What alerting told people of, as a frame; its state is read and never made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from anfl_assets.store.alerts.records import Incident, Member
    from anfl_assets.store.workspace import Workspace

_UTC = pl.Datetime("us", "UTC")
SCHEMA = pl.Schema(
    {
        "incident_id": pl.Int64(),
        "severity": pl.String(),
        "kind": pl.String(),
        "is_open": pl.Boolean(),
        "metric_ids": pl.List(pl.String()),
        "subjects": pl.List(pl.String()),
        "opened_at": _UTC,
        "told_at": _UTC,
        "acknowledged_at": _UTC,
        "acknowledged_by": pl.String(),
        "resolved_at": _UTC,
        "resolved_by": pl.String(),
    }
)


def incidents(workspace: Workspace, limit: int) -> pl.DataFrame:
    """Return the newest `limit` incidents, newest first.

    Frame: SCHEMA, one row per incident; empty where alerting has never run.
    """
    from anfl_assets.flow.alerting.places import state_url
    from anfl_assets.store.alerts.store import open_alerts

    url = state_url(os.environ)
    if url is None and not (workspace.state_dir / "alerts.sqlite").exists():
        return pl.DataFrame(schema=SCHEMA)
    with open_alerts(workspace, url) as store:
        rows = [_row(each, store.members(each.incident_id)) for each in store.incidents(limit)]
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(incident: Incident, members: list[Member]) -> dict[str, object]:
    keys = [member.key for member in members]
    return {
        "incident_id": incident.incident_id,
        "severity": incident.policy.severity,
        "kind": incident.kind,
        "is_open": incident.is_open,
        "metric_ids": sorted({key.metric_id for key in keys}),
        "subjects": sorted({key.subject for key in keys}),
        "opened_at": incident.opened_at,
        "told_at": incident.told_at,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
    }
