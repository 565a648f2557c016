"""The windows of a metric in words: those of its chart, and the one each subject is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.catalog import Metric
from anfl_assets.pages.metric.controls import rows_address
from anfl_assets.pages.metric.view import View
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import Tile, tile
from anfl_assets.report.metric_words import value_words
from anfl_assets.report.published import Row
from anfl_assets.wording.numbers import quantity
from anfl_assets.wording.windows import window_name


@dataclass(frozen=True)
class Window:
    """One window: how it is named, what it says, and where the records behind it are."""

    subject: str
    name: str
    ended_at: datetime
    value: str
    parts: str
    status: str | None
    sample_count: int
    rows_address: str


@dataclass(frozen=True)
class Subject:
    """One subject of the metric: its row in words, its page, and the records behind its window."""

    tile: Tile
    rows_address: str


def windows(view: View, rows: Sequence[Row]) -> list[Window]:
    """Return windows in words, in their order."""
    metric = view.asked.metric
    return [
        Window(
            subject=row["subject"],
            name=window_name(view.span.grain, row["window_start_at"], row["window_end_at"]),
            ended_at=row["window_end_at"],
            value=value_words(row["value"], metric),
            parts=_parts(row, metric),
            status=row["status"],
            sample_count=row["sample_count"],
            rows_address=rows_address(
                view, row["subject"], row["window_start_at"], row["window_end_at"]
            ),
        )
        for row in rows
    ]


def subjects(view: View, reading: Reading) -> list[Subject]:
    """Return every subject of the metric, worst first."""
    return [
        Subject(
            tile(view.asked.metric, row, reading.sparks),
            ""
            if row.window_start_at is None or row.window_end_at is None
            else rows_address(view, row.subject, row.window_start_at, row.window_end_at),
        )
        for row in view.rows
    ]


def _parts(row: Row, metric: Metric) -> str:
    """Write numerator and denominator as plain numbers; their units are in the definition."""
    if metric.numerator is None or row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{quantity(row['numerator'], '')} / {quantity(row['denominator'], '')}"
