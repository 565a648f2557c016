"""A metric's live windows behind those that were built, where somebody just judged them live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from anfl_assets.flow.live import LiveBoard
from anfl_assets.pages.metric.view import View
from anfl_assets.report.course import Points


def with_live(view: View, built: Mapping[str, Points], board: LiveBoard) -> Mapping[str, Points]:
    """Return the courses gone on with live windows, in the place of built ones that overlap.

    A stretch that the address ends itself is left as it is.
    """
    if view.asked.until is not None:
        return built
    live: dict[str, dict[datetime, float | None]] = {}
    told = board.windows.sort("window_end_at").select(
        "metric_id", "subject", "grain", "window_end_at", "value"
    )
    for metric_id, subject, grain, ended_at, value in told.iter_rows():
        is_drawn = subject in built or not view.asked.subjects or subject in view.asked.subjects
        if (metric_id, grain) == (view.asked.metric.metric_id, view.span.grain) and is_drawn:
            live.setdefault(subject, {})[ended_at] = value
    return {**built, **{name: _joined(built.get(name, []), live[name]) for name in live}}


def _joined(built: Points, live: Mapping[datetime, float | None]) -> Points:
    first = min(live)
    return [*(point for point in built if point[0] < first), *live.items()]
