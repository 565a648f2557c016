"""Keeping vintages: days and scores first, the vintages that speak of them last.

Each table is one commit, and whoever reads finds days by their vintage: what a kill leaves between
two commits is seen by nobody, and the next run makes those vintages again. What is there already
is not kept a second time. A run keeps each minute what it has made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl

from anfl_assets.flow.crash import crash_point
from anfl_assets.flow.forecasting.tables import absent, add, frame_of
from anfl_assets.flow.forecasting.vintage import Made
from anfl_assets.report.forecasts import DAYS, SCORES, VINTAGES, ForecastDay, ScoreRow, VintageRow
from anfl_assets.report.scorecard import DEFINED
from anfl_assets.report.tally import BACKTEST
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace

# Longer than a build holds the folder: what is kept here took minutes to forecast.
_WAIT_S = 600.0
# A kill costs so much of a run; each keeping is three commits.
_EVERY_S = 60.0
_ID = ["vintage_id"]
# What a day that was scored is told by: one score, whichever vintage or backtest it came from.
_SCORED = [*DEFINED, "origin_day", "lead_days"]


def keep_vintages(workspace: Workspace, made: Sequence[Made]) -> int:
    """Commit vintages with their days and, of a series that has none, its backtest.

    Returns how many were not there yet, by their ids.

    Raises:
        FolderHeld: another writer held the folder for ten minutes.
        WorkspaceError: no space left.
        LandingError: a commit failed; the vintages are not there.
    """
    if not made:
        return 0
    origins = [each.vintage.origin_day for each in made]
    made_at = made[0].vintage.computed_at
    vintages = frame_of(VintageRow, [each.vintage for each in made], origins, made_at)
    days = frame_of(
        ForecastDay,
        [day for each in made for day in each.days],
        [each.vintage.origin_day for each in made for _ in each.days],
        made_at,
    )
    metadata = {"build_id": made[0].vintage.build_id}
    with workspace.writing(wait_s=_WAIT_S):
        paths = {name: workspace.forecast_path(name) for name in (VINTAGES, DAYS, SCORES)}
        fresh = absent(paths[VINTAGES], vintages, _ID)
        days = days.join(fresh.select(_ID), on=_ID, how="semi")
        add(paths[DAYS], absent(paths[DAYS], days, _ID), metadata=metadata)
        crash_point("after_forecast_days")
        add(paths[SCORES], _unseeded(workspace, made, made_at), metadata=metadata)
        crash_point("after_forecast_scores")
        add(paths[VINTAGES], fresh, metadata=metadata)
    return fresh.height


class KeepingEachMinute:
    """Keeps vintages while others are still being made, so that a kill costs the last minute's."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin a minute."""
        self._workspace, self._clock = workspace, clock
        self._waiting: list[Made] = []
        self._kept_s = clock()

    def add(self, made: Made) -> None:
        """Take a vintage; keep all that were taken once a minute has passed.

        Raises: as `keep_vintages`.
        """
        self._waiting.append(made)
        if self._clock() - self._kept_s >= _EVERY_S:
            self.keep()

    def keep(self) -> None:
        """Keep what was taken since the last time.

        Raises: as `keep_vintages`.
        """
        keep_vintages(self._workspace, self._waiting)
        self._waiting = []
        self._kept_s = self._clock()
        crash_point("after_forecast_minute")


def keep_scores(workspace: Workspace, scores: Sequence[ScoreRow], *, build_id: str) -> int:
    """Commit scores of days, each once; return how many were not there yet.

    Raises: as `keep_vintages`.
    """
    if not scores:
        return 0
    rows = _score_frame(scores, scores[0].scored_at)
    path = workspace.forecast_path(SCORES)
    with workspace.writing(wait_s=_WAIT_S):
        fresh = absent(path, rows, _SCORED)
        add(path, fresh, metadata={"build_id": build_id})
    return fresh.height


def _unseeded(workspace: Workspace, made: Sequence[Made], at: datetime) -> pl.DataFrame:
    """Return the backtests of series without any, but for days that a vintage was scored on."""
    rows = _score_frame([score for each in made for score in each.scores], at)
    path = workspace.forecast_path(SCORES)
    kept = lake.scan(path)
    if kept is None:
        return rows
    seeded = kept.filter(pl.col("kind") == BACKTEST).select(DEFINED).unique().collect()
    return absent(path, rows.join(seeded, on=DEFINED, how="anti"), _SCORED)


def _score_frame(scores: Sequence[ScoreRow], at: datetime) -> pl.DataFrame:
    return frame_of(ScoreRow, scores, [each.origin_day for each in scores], at)
