"""The forecasts that alerting goes by: read once for each change of their table and each day.

Evaluations come every few seconds and a forecast at most once a day, so looking whether there is a
newer one costs the status of one folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from anfl_assets.catalog import load_catalog
from anfl_assets.errors import WorkspaceError
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

_Mark = tuple[int, date]


@dataclass
class ForecastReadings:
    """What stands of the forecasts of a data folder, as readings."""

    workspace: Workspace
    problem: str = field(default="", init=False)
    _kept: tuple[_Mark, list[Reading]] | None = field(default=None, init=False)

    def at(self, now: datetime) -> list[Reading]:
        """Return what the forecasts made so far say at `now`; nothing where there are none.

        Where they cannot be read, what was read last holds and `problem` says why: breaches must be
        told all the same.
        """
        changed_ns = _changed_ns(self.workspace)
        if changed_ns is None:
            return []
        # A forecast grows stale, or ends, with a day of UTC.
        mark = (changed_ns, now.astimezone(UTC).date())
        if self._kept is None or self._kept[0] != mark:
            try:
                self._kept = (mark, forecast_readings(self.workspace, now=now))
                self.problem = ""
            except WorkspaceError as error:
                self.problem = str(error)
        return self._kept[1] if self._kept else []


def forecast_readings(
    workspace: Workspace, *, now: datetime, known_at: datetime | None = None
) -> list[Reading]:
    """Return what the forecasts made by `known_at` (default: all) say at `now`.

    Raises:
        WorkspaceError: the lake cannot be read.
    """
    if _changed_ns(workspace) is None:
        return []
    import polars as pl
    from deltalake.exceptions import DeltaError

    from anfl_assets.flow.alerting.foretelling import foretold_readings
    from anfl_assets.report.forecasts import standing_vintages

    try:
        rows = standing_vintages(workspace, known_at=known_at)
    except (DeltaError, pl.exceptions.PolarsError, OSError) as error:
        message = f"{workspace.root}: its forecasts cannot be read now: {error}"
        raise WorkspaceError(message) from error
    return foretold_readings(rows, load_catalog(), now=now)


def with_feeds(foretold: Sequence[Reading], judged: Iterable[Reading]) -> list[Reading]:
    """Return forecasts with the feed that brings what is forecast, where a judgement names it.

    By its feed a true number is told from a simulated one.
    """
    if not foretold:
        return []
    feeds = {(each.metric_id, each.subject): each.feed for each in judged if each.feed}
    return [
        replace(each, feed=feed) if (feed := feeds.get((each.metric_id, each.subject))) else each
        for each in foretold
    ]


def _changed_ns(workspace: Workspace) -> int | None:
    """Return when the table of vintages last got a version; None where there is none.

    Each version is a new file in the table's log, so its folder changes with it.
    """
    from anfl_assets.report.forecast_rows import VINTAGES

    log: Path = workspace.forecast_path(VINTAGES) / "_delta_log"
    try:
        return log.stat().st_mtime_ns
    except OSError:
        return None
