"""The index: in one glance what is wrong, and since when."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request

from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import Tile, tile
from anfl_assets.report.dashboard import MetricView
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.wording.looks import STATUS_LOOKS

_CALM = ("on_target", "insufficient")


async def content(request: Request, reading: Reading) -> Mapping[str, Any]:
    """Return what is wrong, worst first, and how each dashboard stands."""
    views = reading.metrics()
    sources = await asyncio.to_thread(request.app.state.sources.views, reading.build)
    return {
        "reading": reading,
        "sources": sources,
        "wrong": _wrong(views, reading),
        "counts": _counts(views),
        "dashboards": [
            (dashboard, _dashboard_counts(reading, name))
            for name, dashboard in reading.catalog.dashboards.items()
        ],
        # What is open now says nothing of an earlier moment.
        "feed": None if reading.as_of else await asyncio.to_thread(request.app.state.alert_feed),
    }


def _wrong(views: Sequence[MetricView], reading: Reading) -> list[tuple[str, list[Tile]]]:
    """Return the rows that are not on target under each status, what has just gone wrong first."""
    metrics = {view.metric.metric_id: view.metric for view in views}
    found = []
    for status in STATUS_LOOKS:
        if status in _CALM:
            continue
        rows = [
            row
            for row in reading.board
            if row.status == status and not row.is_whole and row.metric_id in metrics
        ]
        rows.sort(key=_newest_first)
        if rows:
            tiles = [
                tile(metrics[row.metric_id], row, reading.sparks, as_of=reading.as_of)
                for row in rows
            ]
            found.append((status, tiles))
    return found


def _newest_first(row: BoardRow) -> float:
    return -row.since.timestamp() if row.since else 0.0


def _counts(views: Sequence[MetricView]) -> Mapping[str, int]:
    """Count what may alert by status, worst first; zero is counted too."""
    counted = Counter(row.status for view in views for row in view.rows if not row.is_whole)
    return {status: counted[status] for status in STATUS_LOOKS}


def _dashboard_counts(reading: Reading, name: str) -> Mapping[str, int]:
    return _counts([view for panel in reading.panels(name) for view in panel.metrics])
