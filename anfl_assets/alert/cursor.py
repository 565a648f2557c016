"""Where a replay stands in its history: which tracks speak next, and what they said last."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from anfl_assets.alert.track import GONE, Run, Track
from anfl_assets.store.alerts.records import Reading


class Cursor:
    """Where each track stands, and at which moments it has something to say."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        """Stand before the first run of every track."""
        self.tracks = tracks
        self.by_key = {
            (track.metric_id, track.subject, track.grain): number
            for number, track in enumerate(tracks)
        }
        self._current = [-1] * len(tracks)
        self._begins = sorted(
            (track.windows.judged_us[run.first], number)
            for number, track in enumerate(tracks)
            for run in track.runs
        )
        self._next = 0
        self._followed: list[tuple[int, int]] = []

    def next_us(self) -> int | None:
        """Return when the next run begins or a followed track has its next window."""
        begins = self._begins[self._next][0] if self._next < len(self._begins) else None
        followed = self._followed[0][0] if self._followed else None
        return min((each for each in (begins, followed) if each is not None), default=None)

    def take(self, now_us: int) -> set[int]:
        """Move on to a moment; return the tracks that have something to say at it."""
        found: set[int] = set()
        while self._next < len(self._begins) and self._begins[self._next][0] <= now_us:
            number = self._begins[self._next][1]
            self._current[number] += 1
            found.add(number)
            self._next += 1
        while self._followed and self._followed[0][0] <= now_us:
            found.add(heapq.heappop(self._followed)[1])
        return found

    def follow(self, number: int, now_us: int) -> None:
        """Ask for the next window of the run a track is in; where it has none, the next run's."""
        track = self.tracks[number]
        run = track.runs[self._current[number]]
        position = _position(track, run, now_us) + 1
        if position < run.stop:
            heapq.heappush(self._followed, (track.windows.judged_us[position], number))

    def reading(self, number: int, by_us: int) -> Reading | None:
        """Return what the judge last said of a track by a moment; None where it is gone.

        The moment is not before the run the track was in before the present one.
        """
        track, current = self.tracks[number], self._current[number]
        run = track.runs[current]
        if track.windows.judged_us[run.first] > by_us:
            run = track.runs[current - 1]
        return None if run.status == GONE else track.reading(run, _position(track, run, by_us))

    def readings(self, numbers: Iterable[int], by_us: int) -> list[Reading]:
        """Return what the judge last said of tracks by a moment, in the tracks' order."""
        found = (self.reading(number, by_us) for number in sorted(numbers))
        return [each for each in found if each is not None]

    def begun(self) -> set[int]:
        """Return the tracks that have said anything."""
        return {number for number, current in enumerate(self._current) if current >= 0}

    def is_gone(self, number: int) -> bool:
        """Whether a track's subject is not judged any more."""
        track = self.tracks[number]
        return track.runs[self._current[number]].status == GONE


def _position(track: Track, run: Run, by_us: int) -> int:
    """Return the last window of a run that was judged by a moment."""
    return bisect_right(track.windows.judged_us, by_us, run.first, run.stop) - 1
