"""Gathering what was analysed of the newest build: trends and correlations as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.report.conform.evidence import AnalysisFacts
from anfl_assets.report.correlations import stored_correlations
from anfl_assets.report.trends import stored_trends

if TYPE_CHECKING:
    from anfl_assets.report.published import Published


class _Seen(NamedTuple):
    asked: str
    metric_id: str
    is_told: bool
    window_s: float
    window_end_at: datetime


def analyses(published: Published) -> tuple[AnalysisFacts, ...]:
    """Sum up the kept rows by trend or correlation and metric; none where nothing is kept."""
    grouped: dict[tuple[str, str], list[_Seen]] = {}
    for seen in (*_trends(published), *_correlations(published)):
        grouped.setdefault((seen.asked, seen.metric_id), []).append(seen)
    return tuple(_facts(each) for each in grouped.values())


def _facts(seen: list[_Seen]) -> AnalysisFacts:
    return AnalysisFacts(
        asked=seen[0].asked,
        metric_id=seen[0].metric_id,
        rows=len(seen),
        told=sum(each.is_told for each in seen),
        window_s=min(each.window_s for each in seen),
        window_end_at=max(each.window_end_at for each in seen),
    )


def _trends(published: Published) -> Iterator[_Seen]:
    for row in stored_trends(published) or ():
        length = (row.window_end_at - row.window_start_at).total_seconds()
        is_told = row.verdict != "insufficient"
        yield _Seen(row.trend, row.metric_id, is_told, length, row.window_end_at)


def _correlations(published: Published) -> Iterable[_Seen]:
    for row in stored_correlations(published) or ():
        length = (row.window_end_at - row.window_start_at).total_seconds()
        is_told = row.verdict != "insufficient"
        for metric_id in (row.left_metric_id, row.right_metric_id):
            yield _Seen(row.correlation, metric_id, is_told, length, row.window_end_at)
