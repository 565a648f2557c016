"""The fan of a forecast that alerts: the vintage its message tells of, as it stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.alerting.foretelling import speaks_for
from anfl_assets.report.forecasts import days_of, standing_vintages
from anfl_assets.store.alerts.records import ConditionKey
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from anfl_assets.chart.types import Drawn, Look, Spec


def foretold_fan(
    workspace: Workspace, key: ConditionKey, look: Look, *, now: datetime, **drawn: Unpack[Drawn]
) -> Spec | None:
    """Return the chart of what stands of a condition's forecast; None where nothing does."""
    from anfl_assets.report.fan import drawn_fan

    place = (key.grain, key.metric_id, key.subject)
    forms = [
        row
        for row in standing_vintages(workspace)
        if (row.model, row.metric_id, row.subject) == place
    ]
    row = speaks_for(forms, load_catalog(), now=now)
    if row is None:
        return None
    return drawn_fan(row, days_of(workspace, row.vintage_id), look, **drawn)
