"""The trends of §3.1 on a published build: every subject of every metric a trend names.

A window ends with the subject's own last closed one, so a source that delivers late is analysed as
far as it told; one that ended before the window of all began has no trend, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from anfl_assets.analyze.dependence import Floats
from anfl_assets.analyze.season import DAY_S, HOUR_S, WEEK_S
from anfl_assets.analyze.trend import Sense, Series, Trend, trend_of
from anfl_assets.catalog.sections import Trend as Asked
from anfl_assets.flow.analysis.grains import LEAST_WINDOWS, Grain, coarser, of_step
from anfl_assets.flow.analysis.reasons import trend_reason
from anfl_assets.flow.analysis.stamp import Stamp
from anfl_assets.flow.analysis.subjects import Subject
from anfl_assets.flow.analysis.windows import Span, judged_days, observed, on_grid, steps_of
from anfl_assets.report.published import Published
from anfl_assets.report.trends import TrendRow

_SPARK = 48
# A change over the window matters from a tenth of the way from target to threshold.
_MATTERS = 0.1
_SEASONS = {HOUR_S: "1 hour", DAY_S: "1 day", WEEK_S: "1 week"}


@dataclass(frozen=True)
class Read:
    """The windows of one trend: at the asked granularity, and coarser ones by the day."""

    asked: Asked
    as_of: datetime
    rows: pl.DataFrame
    coarse: pl.DataFrame

    @cached_property
    def step_s(self) -> int:
        """The granularity in seconds."""
        return self.asked.granularity.seconds or DAY_S

    def grain(self, metric_id: str) -> Grain | None:
        """Return the grain a metric is analysed at; None where it has none that fits."""
        return of_step(_grains(self.rows, metric_id), self.step_s) or coarser(
            _grains(self.coarse, metric_id), self.step_s
        )


def trend_rows(
    published: Published, asked: Asked, subjects: Mapping[str, list[Subject]], stamp: Stamp
) -> Iterator[TrendRow]:
    """Compute the rows of one trend of the catalog: one for each subject of its metrics."""
    read = _read(published, asked, stamp.as_of)
    for metric_id in asked.metric_ids:
        grain = read.grain(metric_id) or Grain(str(asked.granularity), read.step_s)
        yield from _metric_rows(read, grain, subjects[metric_id], stamp)


def _read(published: Published, asked: Asked, as_of: datetime) -> Read:
    window = asked.window.timedelta or timedelta(days=1)
    # One window more, for subjects that ended before the others; and a week to tell a day's course.
    context = timedelta(days=7) if window < timedelta(days=3) else timedelta()
    rows = observed(published, asked.metric_ids, Span(as_of - 2 * window - context, as_of),
                    least_s=asked.granularity.seconds or 0)  # fmt: skip
    longest = max(window, LEAST_WINDOWS * timedelta(days=92))
    coarse = judged_days(published, asked.metric_ids, Span(as_of - longest, as_of))
    return Read(asked, as_of, rows, coarse)


def _metric_rows(
    read: Read, grain: Grain, subjects: list[Subject], stamp: Stamp
) -> Iterator[TrendRow]:
    rows = read.rows if grain.step_s == read.step_s else read.coarse
    rows = rows.filter(metric_id=subjects[0].metric.metric_id, grain=grain.name)
    by_subject = rows.partition_by("subject", as_dict=True)
    for subject in subjects:
        own = by_subject.get((subject.name,), rows.clear())
        yield _row(_window(read, grain, own), subject, own, stamp)


@dataclass(frozen=True)
class Window:
    """The window of one subject, and how long before it the season is looked for."""

    asked: Asked
    grain: Grain
    span: Span
    context: timedelta

    @property
    def per(self) -> str:
        """The unit of time slopes are told per."""
        return "hour" if self.span.end - self.span.start <= timedelta(days=2) else "day"


def _window(read: Read, grain: Grain, own: pl.DataFrame) -> Window:
    asked = read.asked.window.timedelta or timedelta(days=1)
    step = timedelta(seconds=grain.step_s)
    length = asked if grain.step_s == read.step_s else max(asked, LEAST_WINDOWS * step)
    newest = own["window_end_at"].max()
    end = newest if isinstance(newest, datetime) and newest > read.as_of - length else read.as_of
    context = timedelta(days=7) if length < timedelta(days=3) else timedelta()
    return Window(read.asked, grain, Span(end - length, end), context)


def _row(window: Window, subject: Subject, own: pl.DataFrame, stamp: Stamp) -> TrendRow:
    series, ends = _series(window, subject, own)
    metric = subject.metric
    matters = _MATTERS * abs(subject.threshold - subject.target)
    sense = Sense(metric.direction == "lower_is_better", matters)
    trend = trend_of(series, sense)
    values = series.values[-series.window :]
    known = values[np.isfinite(values)]
    slope = trend.slope
    length = float(series.times[-1] - series.times[-series.window])
    return TrendRow(
        trend=window.asked.name,
        metric_id=metric.metric_id,
        subject=subject.name,
        is_whole=subject.is_whole,
        verdict=trend.verdict,
        reason=trend_reason(trend, window, subject, sense),
        unit=metric.unit.value,
        direction=metric.direction,
        grain=window.grain.name,
        window_start_at=window.span.start,
        window_end_at=window.span.end,
        points=trend.points,
        expected=trend.expected,
        effective=trend.effective,
        level=trend.level,
        last=float(known[-1]) if known.size else None,
        slope=None if slope is None else slope.slope,
        slope_low=_bound(slope.low if slope else None),
        slope_high=_bound(slope.high if slope else None),
        slope_per=window.per,
        change=trend.change,
        change_low=_bound(slope.low * length if slope else None),
        change_high=_bound(slope.high * length if slope else None),
        told=trend.told,
        season=_season(trend, window.grain),
        season_strength=None if trend.season is None else trend.season.strength,
        jumps=[ends[-series.window :][jump.index] for jump in trend.jumps],
        jumped_by=[jump.by for jump in trend.jumps],
        spark=_spark(values),
        as_of=stamp.as_of,
        computed_at=stamp.computed_at,
        build_id=stamp.build_id,
    )


def _series(window: Window, subject: Subject, own: pl.DataFrame) -> tuple[Series, list[datetime]]:
    grain, span = window.grain, window.span
    unit_s = HOUR_S if window.per == "hour" else DAY_S
    if grain.is_calendar:
        kept = own.filter(pl.col("window_end_at") > span.start).sort("window_end_at")
        ends = kept["window_end_at"].to_list()
        values = kept["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        times: Floats = np.array([(end - span.start).total_seconds() / unit_s for end in ends])
        if not ends:
            return Series(np.zeros(1), np.full(1, np.nan), 1, grain.step_s), [span.end]
        return Series(times, values, len(ends), grain.step_s, _shared(own, grain)), ends
    whole = Span(span.start - window.context, span.end)
    values = on_grid(own, [subject.name], grain, whole)[:, 0]
    steps = values.size
    times = np.arange(1.0 - steps, 1.0) * (grain.step_s / unit_s)
    step = timedelta(seconds=grain.step_s)
    ends = [span.end - step * (steps - 1 - n) for n in range(steps)]
    return Series(times, values, steps_of(grain, span), grain.step_s, grain.overlap), ends


def _shared(own: pl.DataFrame, grain: Grain) -> int:
    """Return over how many calendar windows one reaches: revenue's month looks at three."""
    longest = (own["window_end_at"] - own["window_start_at"]).max()
    return (
        max(round(longest / timedelta(seconds=grain.step_s)), 1)
        if isinstance(longest, timedelta)
        else 1
    )


def _grains(rows: pl.DataFrame, metric_id: str) -> list[str]:
    return rows.filter(metric_id=metric_id)["grain"].unique().sort().to_list()


def _bound(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _season(trend: Trend, grain: Grain) -> str | None:
    return None if trend.season is None else _SEASONS[trend.season.period * grain.step_s]


def _spark(values: Floats) -> list[float | None]:
    """Return at most 48 values for a small picture: the middle one of equal blocks."""
    blocks = np.array_split(values, min(values.size, _SPARK))
    known = [block[np.isfinite(block)] for block in blocks]
    return [float(np.median(each)) if each.size else None for each in known]
