"""Judged history by transitions: what a replay reads.

A track is one metric, subject and grain; a run is windows in a row that say the same. Which windows
say the same is worked out where the history is read (`flow/alerting/replaying/history.py`), in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from anfl_assets.store.alerts.records import Reading

# The status of a run in which a subject is not judged any more: nobody misses it.
GONE = "gone"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Run:
    """Windows `first` up to, without, `stop` of a track that are judged alike.

    Alike is the same status against the same target and threshold, on the same side of the level
    at which a breach is over. `since_us` is when the status began, which may be runs ago.
    """

    first: int
    stop: int
    status: str
    target: float
    target_operator: str
    threshold: float
    since_us: int
    is_alertable: bool = True


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a track, oldest first, as columns; times in microseconds since 1970.

    `judged_us` is when a window could be judged; no two of a track are equal. A value that is not
    finite is none. Columns may be views of arrays: only single items are taken.
    """

    start_us: Sequence[int]
    end_us: Sequence[int]
    judged_us: Sequence[int]
    values: Sequence[float]
    sample_counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Track:
    """One metric, subject and grain with all its windows; the runs cover them without a gap."""

    metric_id: str
    subject: str
    grain: str
    unit: str
    windows: Windows
    runs: tuple[Run, ...]

    def reading(self, run: Run, position: int) -> Reading:
        """Return what the judge said of one window of a run."""
        windows = self.windows
        value = windows.values[position]
        return Reading(
            metric_id=self.metric_id,
            subject=self.subject,
            grain=self.grain,
            status=run.status,
            value=value if isfinite(value) else None,
            unit=self.unit,
            target=run.target,
            target_operator=run.target_operator,
            threshold=run.threshold,
            sample_count=windows.sample_counts[position],
            since=moment(run.since_us),
            window_start_at=moment(windows.start_us[position]),
            window_end_at=moment(windows.end_us[position]),
            judged_at=moment(windows.judged_us[position]),
            is_alertable=run.is_alertable,
        )


@dataclass(frozen=True, slots=True)
class History:
    """Every track of a stretch of history, in an order that does not change."""

    tracks: tuple[Track, ...]

    @property
    def window_count(self) -> int:
        """How many windows there are in all."""
        return sum(len(track.windows.judged_us) for track in self.tracks)

    @property
    def run_count(self) -> int:
        """How many runs there are in all."""
        return sum(len(track.runs) for track in self.tracks)


def moment(us: int) -> datetime:
    """Return a moment from microseconds since 1970."""
    return _EPOCH + us * _MICROSECOND


def microseconds(at: datetime) -> int:
    """Return microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND
