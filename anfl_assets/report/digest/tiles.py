"""From a metric's rows of the board to its tile: the headline in words, and a line on its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from anfl_assets.catalog.duration import Duration
from anfl_assets.catalog.model import Catalog
from anfl_assets.report.dashboard import MetricView, panels
from anfl_assets.report.digest.content import PanelTold, Tile
from anfl_assets.report.metric_words import (
    age_words,
    change_words,
    target_words,
    threshold_words,
    title,
    value_words,
)
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.report.sparks import Course
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.looks import look
from anfl_assets.wording.windows import full_window_name

DASHBOARD = "executive"
_NAMED = 3
_NAME_LENGTH = 40


def told_panels(
    catalog: Catalog,
    board: Sequence[BoardRow],
    courses: Mapping[tuple[str, str], Course],
    *,
    now: datetime,
) -> tuple[PanelTold, ...]:
    """Return the executive panels of the catalog; a panel without metrics says so itself."""
    return tuple(
        PanelTold(panel.title, tuple(_tile(view, courses, now) for view in panel.metrics))
        for panel in panels(catalog, DASHBOARD, board)
    )


def _tile(view: MetricView, courses: Mapping[tuple[str, str], Course], now: datetime) -> Tile:
    metric, row = view.metric, view.headline
    return Tile(
        metric_id=row.metric_id,
        title=title(row.metric_id),
        description=metric.description,
        row=row,
        parts=view.parts,
        value=value_words(row.value, metric),
        target=target_words(row),
        threshold=threshold_words(row),
        change=change_words(row),
        window=full_window_name(row.grain, row.window_start_at, row.window_end_at),
        fresh=_fresh(row, now),
        is_stale=_is_stale(row, metric.stale_after, now),
        parts_line=parts_line(view),
        course=courses.get((row.metric_id, row.subject), ()),
    )


def parts_line(view: MetricView) -> str:
    """Say what its parts do: `2 breached: chat 140 ms, search 120 ms; 5 of 7 on target`."""
    if not view.parts:
        return ""
    parts = view.rows if view.headline.subject != "all" else view.parts
    told = [_part_words(parts, view, status) for status in ("breached", "no_data")]
    on_target = sum(row.status == "on_target" for row in parts)
    return "; ".join([*filter(None, told), f"{on_target:,} of {len(parts):,} on target"])


def _part_words(parts: Sequence[BoardRow], view: MetricView, status: str) -> str:
    rows = [row for row in parts if row.status == status]
    if not rows:
        return ""
    named = [_part(row, view) for row in rows[:_NAMED]]
    tail = f" and {len(rows) - len(named):,} more" if len(rows) > len(named) else ""
    return f"{len(rows):,} {look(status).word}: {', '.join(named)}{tail}"


def _part(row: BoardRow, view: MetricView) -> str:
    name = one_line(row.subject, _NAME_LENGTH)
    return name if row.value is None else f"{name} {value_words(row.value, view.metric)}"


def _is_stale(row: BoardRow, limit: Duration, now: datetime) -> bool:
    if row.window_end_at is None or limit.timedelta is None:
        return False
    return now - row.window_end_at > limit.timedelta


def _fresh(row: BoardRow, now: datetime) -> str:
    if row.window_end_at is None:
        return "never measured"
    return f"{age_words(now - row.window_end_at)} ago"
