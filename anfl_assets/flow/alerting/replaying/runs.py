"""Judged windows as runs of equal judgement: what a replay goes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from anfl_assets.alert.track import History, Run, Track, Windows

_SAME = ("status", "target_value", "target_operator", "threshold_value", "is_alertable", "side")
_RUN = (
    "status", "target_value", "target_operator", "threshold_value", "since_us", "is_alertable"
)  # fmt: skip


class Judged(NamedTuple):
    """Judged windows and whose they are.

    Frames: `names` has metric_id, subject, grain and unit of each track; `windows` the columns of
    `fct_metric_status` with `track`, a row of `names`, and times in microseconds (`start_us`,
    `end_us`, `judged_us`, and `begins_us`: since when its status is so where it is the first),
    sorted by track and judgement.
    """

    names: pl.DataFrame
    windows: pl.DataFrame


def history(judged: Judged, levels: Mapping[str, float]) -> History:
    """Return judged windows by track, each with its runs.

    `levels` are values at which a breach of a metric is over: a run ends where one is crossed.
    """
    names, windows = judged
    if windows.is_empty():
        return History(())
    windows = windows.with_columns(_side(names, levels))
    is_track = _changes(windows, ("track",))
    begins = np.flatnonzero(is_track | _changes(windows, _SAME))
    is_status = (is_track | _changes(windows, ("status",)))[begins]
    runs = windows[begins]
    # Where only a level or a target changed, the status began with an earlier run.
    since_us = pl.Series(np.where(is_status, runs["begins_us"], -1)).replace(-1, None)
    runs = runs.with_columns(
        pl.col("status", "target_operator").cast(pl.String),
        since_us=since_us.fill_null(strategy="forward"),
    ).select(_RUN)
    edges = np.append(np.flatnonzero(is_track), windows.height)
    stops = np.append(begins, windows.height)
    columns = _Columns(windows)
    of_track = np.searchsorted(begins, edges)
    tracks: list[Track] = []
    for number, (metric_id, subject, grain, unit) in enumerate(names.rows()):
        first, stop = int(edges[number]), int(edges[number + 1])
        span = slice(int(of_track[number]), int(of_track[number + 1]))
        ends = (stops[span.start : span.stop + 1] - first).tolist()
        made = (
            Run(begin, end, *row)
            for begin, end, row in zip(ends, ends[1:], runs[span].rows(), strict=False)
        )
        found = columns.windows(first, stop)
        tracks.append(Track(metric_id, subject, grain, unit, found, tuple(made)))
    return History(tuple(tracks))


class _Columns:
    """The windows' columns as views, from which each track takes its part without a copy."""

    def __init__(self, judged: pl.DataFrame) -> None:
        self.start_us: Sequence[int] = _view(judged["start_us"])
        self.end_us: Sequence[int] = _view(judged["end_us"])
        self.judged_us: Sequence[int] = memoryview(_told_apart(judged))  # type: ignore[arg-type]
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


def _told_apart(judged: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return when windows are judged: of events that end together one after the other."""
    judged_us = judged["judged_us"].to_numpy().copy()
    is_tie = (np.diff(judged_us) == 0) & (np.diff(judged["track"].to_numpy()) == 0)
    for position in np.flatnonzero(is_tie) + 1:
        judged_us[position] = judged_us[position - 1] + 1
    return judged_us


def _view(column: pl.Series) -> Any:  # noqa: ANN401 - of whole numbers or of floats
    """Return a column as something single items are taken from, without a copy."""
    return memoryview(column.rechunk().to_numpy())  # type: ignore[arg-type]


def _side(names: pl.DataFrame, levels: Mapping[str, float]) -> pl.Expr:
    """Say on which side of its metric's level a value is; nothing where there is no level."""
    numbers = [n for n, metric_id in enumerate(names["metric_id"]) if metric_id in levels]
    level = pl.col("track").replace_strict(
        numbers,
        [levels[names["metric_id"][n]] for n in numbers],
        default=None,
        return_dtype=pl.Float64,
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
