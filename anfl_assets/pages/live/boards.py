"""A live dashboard: a tick's rows in the tiles of the build, their course gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from anfl_assets.catalog import Catalog
from anfl_assets.flow.live import LiveBoard
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import MetricTile, Tile, metric_tile
from anfl_assets.report.dashboard import panels
from anfl_assets.report.sparks import REACH, Course

Panels = list[tuple[str, list[MetricTile]]]
_Sparks = Mapping[tuple[str, str], Course]


def built_panels(dashboard: str, reading: Reading) -> Panels:
    """Return a dashboard's panels as a build has them, each with its metrics' tiles."""
    return [
        (
            panel.title,
            [metric_tile(view, reading.sparks, as_of=reading.as_of) for view in panel.metrics],
        )
        for panel in reading.panels(dashboard)
    ]


def live_panels(
    catalog: Catalog, dashboard: str, board: LiveBoard, reading: Reading | None
) -> Panels:
    """Return a dashboard as it stands now; `reading` has what came before the live windows."""
    sparks = gone_on(board, {} if reading is None else reading.sparks)
    return [
        (panel.title, [_marked(metric_tile(view, sparks), board) for view in panel.metrics])
        for panel in panels(catalog, dashboard, board.rows)
    ]


def gone_on(board: LiveBoard, built: _Sparks) -> _Sparks:
    """Return the course of each row with its live windows, oldest first, as long as before."""
    grains = {(row.metric_id, row.subject): row.grain for row in board.rows}
    live: dict[tuple[str, str], dict[datetime, float | None]] = {}
    told = board.windows.sort("window_end_at").select(
        "metric_id", "subject", "grain", "window_end_at", "value"
    )
    for metric_id, subject, grain, ended_at, value in told.iter_rows():
        if grains.get((metric_id, subject)) == grain:
            live.setdefault((metric_id, subject), {})[ended_at] = value
    return {**built, **{key: _joined(built.get(key, []), live[key], grains[key]) for key in live}}


def _joined(built: Course, live: Mapping[datetime, float | None], grain: str) -> Course:
    """Put live windows behind the built ones they do not take the place of."""
    first, last = min(live), max(live)
    since = last - REACH[grain]
    before = [each for each in built if since <= each[0] < first]
    return [*before, *((at, value) for at, value in live.items() if at >= since)]


def _marked(group: MetricTile, board: LiveBoard) -> MetricTile:
    """Say which of a metric's rows were judged live."""

    def marked(each: Tile) -> Tile:
        return replace(each, is_live=(each.row.metric_id, each.row.subject) in board.live)

    return replace(group, headline=marked(group.headline), parts=tuple(map(marked, group.parts)))
