"""The correlations of §3.1 on a build: every subject of one metric with each of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from anfl_assets.analyze.correlation import Pair, correlate
from anfl_assets.analyze.season import DAY_S
from anfl_assets.catalog.sections import Correlation as Asked
from anfl_assets.flow.analysis.grains import Grain, of_step
from anfl_assets.flow.analysis.reasons import correlation_reason
from anfl_assets.flow.analysis.stamp import Stamp
from anfl_assets.flow.analysis.subjects import WHOLE, Subject
from anfl_assets.flow.analysis.windows import Span, observed, on_grid, steps_of
from anfl_assets.report.correlations import CorrelationRow
from anfl_assets.report.published import Published


@dataclass(frozen=True)
class Side:
    """One metric of a pair: its subjects and the grain they are compared at."""

    subjects: list[Subject]
    grain: Grain


def correlation_rows(
    published: Published, asked: Asked, subjects: Mapping[str, list[Subject]], stamp: Stamp
) -> Iterator[CorrelationRow]:
    """Compute the rows of one correlation of the catalog, of every pair of its metrics."""
    metric_ids = {metric_id for pair in asked.pairs for metric_id in pair}
    span = Span(stamp.as_of - (asked.window.timedelta or timedelta(days=1)), stamp.as_of)
    # A window of a day more: one of days ends at the midnight before `as_of`.
    read = Span(span.start - timedelta(seconds=asked.granularity.seconds or 0), span.end)
    rows = observed(published, metric_ids, read, least_s=asked.granularity.seconds or 0)
    for left_id, right_id in asked.pairs:
        sides = _side(asked, rows, subjects[left_id]), _side(asked, rows, subjects[right_id])
        closed = _closed(rows, sides, span)
        yield from _rows(asked, sides, rows, span=closed, stamp=stamp)


def _side(asked: Asked, rows: pl.DataFrame, subjects: list[Subject]) -> Side:
    """Return the subjects at the grain of the granularity that shares least."""
    own = rows.filter(metric_id=subjects[0].metric.metric_id)
    step_s = asked.granularity.seconds or DAY_S
    found = of_step(own["grain"].unique().to_list(), step_s)
    return Side(subjects, found or Grain(str(asked.granularity), step_s))


def _rows(
    asked: Asked,
    sides: tuple[Side, Side],
    rows: pl.DataFrame,
    *,
    span: Span,
    stamp: Stamp,
) -> Iterator[CorrelationRow]:
    step_s = sides[0].grain.step_s
    max_lag = (asked.max_lag.seconds or 0) // step_s
    grids = [
        on_grid(
            rows.filter(metric_id=side.subjects[0].metric.metric_id),
            [subject.name for subject in side.subjects],
            side.grain,
            span,
        )
        for side in sides
    ]
    pairs = correlate(*grids, step_s=step_s, max_lag=min(max_lag, grids[0].shape[0] // 2))
    for pair in pairs:
        yield _row(asked, sides, pair, span=span, stamp=stamp, pairs=len(pairs))


def _row(
    asked: Asked,
    sides: tuple[Side, Side],
    pair: Pair,
    *,
    span: Span,
    stamp: Stamp,
    pairs: int,
) -> CorrelationRow:
    left, right = sides[0].subjects[pair.left], sides[1].subjects[pair.right]
    grain = sides[0].grain
    lag_s = None if pair.lag is None else float(pair.lag * grain.step_s)
    return CorrelationRow(
        correlation=asked.name,
        left_metric_id=left.metric.metric_id,
        left_subject=left.name,
        left_unit=left.metric.unit.value,
        right_metric_id=right.metric.metric_id,
        right_subject=right.name,
        right_unit=right.metric.unit.value,
        is_whole=WHOLE in (left.name, right.name),
        verdict=pair.verdict,
        reason=correlation_reason(pair, lag_s=lag_s or 0.0, pairs=pairs),
        grain=grain.name,
        window_start_at=span.start,
        window_end_at=span.end,
        points=pair.points,
        expected=steps_of(grain, span),
        effective=pair.effective,
        lag_s=lag_s,
        max_lag_s=float(asked.max_lag.seconds or 0),
        r=pair.r,
        r_low=pair.r_low,
        r_high=pair.r_high,
        rank_r=pair.rank_r,
        slope=pair.slope,
        p=pair.p,
        q=pair.q,
        pairs=pairs,
        as_of=stamp.as_of,
        computed_at=stamp.computed_at,
        build_id=stamp.build_id,
    )


def _closed(rows: pl.DataFrame, sides: tuple[Side, Side], span: Span) -> Span:
    """Return the span that ends with the newest closed window: a day ends at midnight."""
    names = [side.grain.name for side in sides]
    ids = [side.subjects[0].metric.metric_id for side in sides]
    ends = rows.filter(pl.col("grain").is_in(names), pl.col("metric_id").is_in(ids))
    newest = ends["window_end_at"].max()
    return Span(newest - (span.end - span.start), newest) if isinstance(newest, datetime) else span
