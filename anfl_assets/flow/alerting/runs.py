"""Judged windows as runs of equal judgement: what a replay goes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from anfl_assets.alert.track import History, Run, Track, Windows

_TRACK = ("metric_id", "subject", "grain")
_SAME = ("status", "target_value", "target_operator", "threshold_value", "is_alertable", "side")


def history(judged: pl.DataFrame, levels: Mapping[str, float]) -> History:
    """Return judged windows by track, each with its runs.

    Frame: the columns of `fct_metric_status`, with times in microseconds (`start_us`, `end_us`,
    `judged_us`, and `begins_us`: since when its status is so where it is the first), sorted by
    track and judgement. `levels` are values at which a breach of a metric is over: a run ends where
    one is crossed.
    """
    if judged.is_empty():
        return History(())
    judged = judged.with_columns(_side(levels))
    is_track = _changes(judged, _TRACK)
    begins = np.flatnonzero(is_track | _changes(judged, _SAME))
    is_status = (is_track | _changes(judged, ("status",)))[begins]
    runs = judged[begins]
    # Where only a level or a target changed, the status began with an earlier run.
    since_us = pl.Series(np.where(is_status, runs["begins_us"], -1)).replace(-1, None)
    runs = runs.with_columns(since_us=since_us.fill_null(strategy="forward"))
    edges = np.append(np.flatnonzero(is_track), judged.height)
    stops = np.append(begins, judged.height)
    columns = _Columns(judged)
    tracks: list[Track] = []
    of_track = np.searchsorted(begins, edges)
    names = judged[edges[:-1]].select(*_TRACK, "unit").rows()
    for number, name in enumerate(names):
        first, stop = int(edges[number]), int(edges[number + 1])
        span = slice(int(of_track[number]), int(of_track[number + 1]))
        tracks.append(
            _track(
                name,
                columns.windows(first, stop),
                runs[span],
                (stops[span.start :] - first).tolist(),
            )
        )
    return History(tuple(tracks))


class _Columns:
    """The windows' columns as views, from which each track takes its part without a copy."""

    def __init__(self, judged: pl.DataFrame) -> None:
        self.start_us: Sequence[int] = _view(judged["start_us"])
        self.end_us: Sequence[int] = _view(judged["end_us"])
        self.judged_us: Sequence[int] = _view(judged["judged_us"])
        self.values: Sequence[float] = _view(judged["value"].fill_null(float("nan")))
        self.counts: Sequence[int] = _view(judged["sample_count"].fill_null(0))

    def windows(self, first: int, stop: int) -> Windows:
        """Return the windows of one track."""
        return Windows(
            self.start_us[first:stop],
            self.end_us[first:stop],
            self.judged_us[first:stop],
            self.values[first:stop],
            self.counts[first:stop],
        )


def _view(column: pl.Series) -> Any:  # noqa: ANN401 - of whole numbers or of floats
    """Return a column as something single items are taken from, without a copy."""
    return memoryview(column.rechunk().to_numpy())  # type: ignore[arg-type]


def _track(
    name: tuple[str, str, str, str], windows: Windows, runs: pl.DataFrame, stops: Sequence[int]
) -> Track:
    metric_id, subject, grain, unit = name
    rows = runs.select(
        "status", "target_value", "target_operator", "threshold_value", "since_us", "is_alertable"
    ).rows()
    made = (
        Run(int(first), int(stop), *row)
        for first, stop, row in zip(stops, stops[1:], rows, strict=False)
    )
    return Track(metric_id, subject, grain, unit, windows, tuple(made))


def _side(levels: Mapping[str, float]) -> pl.Expr:
    """Say on which side of its metric's level a value is; nothing where there is no level."""
    level = pl.col("metric_id").replace_strict(
        list(levels), list(levels.values()), default=None, return_dtype=pl.Float64
    )
    return (pl.col("value") - level).sign().alias("side")


def _changes(
    judged: pl.DataFrame, names: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which rows differ from the row before in any of the columns; the first one does."""
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in names)
    found = judged.select(differs.alias("differs"))["differs"].to_numpy().copy()
    found[0] = True
    return found
