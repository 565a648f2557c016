"""The forecasts that stand, read once for each version of their tables and kept until the next.

They change while a build does not, so they are no part of a reading. Which version is the newest is
looked up at most every two seconds; while it is read, the one before is still shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from anfl_assets.catalog import Catalog
from anfl_assets.errors import AnflError
from anfl_assets.flow.clock import Clock
from anfl_assets.report.forecast_words import first_of_each, soonest_first
from anfl_assets.report.forecasts import (
    DAYS,
    SCORES,
    VINTAGES,
    ForecastDay,
    VintageRow,
    days_of_all,
    foretells,
    is_stale,
    standing_vintages,
)
from anfl_assets.report.scorecard import ScorecardRow, scorecard
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace

_LOOKED_AFTER_S = 2.0
Versions: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True)
class Standing:
    """Every standing forecast, the soonest foretold crossing first; `scores` in the same order.

    `days` are those of each by its id, the first one first; one that was refused has none.
    `problem` says why nothing could be read.
    """

    versions: Versions = ()
    vintages: Sequence[VintageRow] = ()
    days: Mapping[str, Sequence[ForecastDay]] = field(default_factory=dict)
    scores: Sequence[ScorecardRow] = ()
    problem: str = ""

    def of(self, metric_id: str) -> list[VintageRow]:
        """Return those of a metric, the soonest crossing first."""
        return [row for row in self.vintages if row.metric_id == metric_id]


@dataclass
class Forecasts:
    """The forecasts of a data folder as they stand now."""

    workspace: Workspace
    catalog: Catalog
    clock: Clock
    _kept: Standing | None = None
    _looked_at: float | None = None
    _coming: asyncio.Task[Standing] | None = None

    async def current(self) -> Standing:
        """Return what stands; the first reading is waited for, a newer one is made beside."""
        at = self.clock.monotonic()
        if self._kept is not None and self._looked_at is not None:
            if at - self._looked_at < _LOOKED_AFTER_S:
                return self._kept
            self._looked_at = at
        if self._coming is None or self._coming.done():
            self._coming = asyncio.create_task(asyncio.to_thread(self._read))
        if self._kept is None:
            return await asyncio.shield(self._coming)
        return self._kept

    def foretold(self, standing: Standing) -> list[VintageRow]:
        """Return those whose crossing people are told of, the soonest first; old ones are not."""
        now = self.clock.now()
        return [row for row in standing.vintages if foretells(row) and not self.is_stale(row, now)]

    def soonest(self, standing: Standing) -> list[VintageRow]:
        """Return what is foretold, of each subject of a metric only the form that crosses first."""
        return first_of_each(self.foretold(standing))

    def is_stale(self, row: VintageRow, now: datetime) -> bool:
        """Say whether a forecast is too old to go by; one the catalog does not know any more is."""
        asked = self.catalog.forecasts.get(row.model)
        return asked is None or is_stale(row, asked, now)

    def _read(self) -> Standing:
        kept = self._kept
        try:
            versions = _versions(self.workspace)
            if kept is None or kept.versions != versions:
                kept = _standing(self.workspace, versions)
        except AnflError as error:
            # The other pages' news must not be lost for this.
            kept = Standing(problem=str(error))
        self._kept, self._looked_at = kept, self.clock.monotonic()
        return kept


def _versions(workspace: Workspace) -> Versions:
    return tuple(lake.version(workspace.forecast_path(table)) for table in (VINTAGES, DAYS, SCORES))


def _standing(workspace: Workspace, versions: Versions) -> Standing:
    if versions[0] is None:
        return Standing(versions)
    vintages = soonest_first(standing_vintages(workspace))
    place = {row.vintage_id: n for n, row in enumerate(vintages)}
    scores = sorted(scorecard(workspace), key=lambda row: place.get(row.vintage_id, len(place)))
    days = days_of_all(workspace, list(place))
    return Standing(versions, vintages, days, scores)
