"""Reading windows of a published build: of a stretch of time, and only the files that hold it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from anfl_assets.analyze.dependence import Floats
from anfl_assets.flow.analysis.grains import Grain
from anfl_assets.report.published import Published

_COLUMNS = "metric_id, subject, grain, window_start_at, window_end_at, value"


@dataclass(frozen=True)
class Span:
    """A stretch of time: windows that end after `start` and not after `end`."""

    start: datetime
    end: datetime


def observed(
    published: Published, metric_ids: Collection[str], span: Span, *, least_s: int
) -> pl.DataFrame:
    """Return every closed window of the metrics, `least_s` or longer, whose end lies in the span.

    Frame: metric_id, subject, grain, window_start_at, window_end_at, value; in this order.
    """
    return _windows(published, "fct_metric_observation", metric_ids, span, least_s=least_s)


def judged_days(published: Published, metric_ids: Collection[str], span: Span) -> pl.DataFrame:
    """Return the last judged window of each day, for grains of a day and longer: a small table.

    Frame: as `observed`.
    """
    return _windows(published, "fct_status_day", metric_ids, span, least_s=0)


def on_grid(rows: pl.DataFrame, subjects: list[str], grain: Grain, span: Span) -> Floats:
    """Lay the values of one metric and grain on the grid of the span; NaN where no window is.

    Shape (steps, subjects); the last row is the window that ends with the span.
    """
    steps = steps_of(grain, span)
    grid = np.full((steps, len(subjects)), np.nan)
    step_us = grain.step_s * 1_000_000
    place = {name: column for column, name in enumerate(subjects)}
    kept = rows.filter(pl.col("subject").is_in(subjects), grain=grain.name).select(
        back=(pl.lit(span.end) - pl.col("window_end_at")).dt.total_microseconds(),
        column=pl.col("subject").replace_strict(place, return_dtype=pl.Int64),
        value=pl.col("value").cast(pl.Float64).fill_null(float("nan")),
    ).filter(pl.col("back") % step_us == 0, pl.col("back") // step_us < steps,
             pl.col("back") >= 0)  # fmt: skip
    places = (steps - 1 - (kept["back"] // step_us).to_numpy(), kept["column"].to_numpy())
    grid[places] = kept["value"].to_numpy()
    return grid


def steps_of(grain: Grain, span: Span) -> int:
    """Return how many windows of the grain end within the span."""
    return max(round((span.end - span.start).total_seconds() / grain.step_s), 1)


def _windows(
    published: Published, model: str, metric_ids: Collection[str], span: Span, *, least_s: int
) -> pl.DataFrame:
    # A row is filed under the day of the last moment of its window: before its end.
    first = span.start.date()
    dates = [first + timedelta(days=n) for n in range((span.end.date() - first).days + 1)]
    listed = ", ".join(f"'{name}'" for name in sorted(metric_ids))
    found = published.connection.sql(
        f"select {_COLUMNS} from {published.table(model, dates)} "
        f"where metric_id in ({listed}) and date between date '{dates[0]}' and date '{dates[-1]}' "
        f"and window_end_at > timestamptz '{span.start.isoformat()}' "
        f"and window_end_at <= timestamptz '{span.end.isoformat()}' "
        f"and window_end_at - window_start_at >= interval {least_s} seconds "
        "order by metric_id, subject, grain, window_end_at"
    ).to_arrow_table()
    frame = pl.from_arrow(found)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table with columns is one
    return frame
