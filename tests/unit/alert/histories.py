"""Histories out of values, and a replay that steps through every window: the slow truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from anfl_assets.alert.act import Act
from anfl_assets.alert.pipeline import step, wake_at
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.replay import EVALUATOR, Replayed
from anfl_assets.alert.track import History, Run, Track, Windows, microseconds, moment
from anfl_assets.alert.virtual_outbox import VirtualOutbox
from anfl_assets.store.alerts.records import Decision, Incident, State
from tests.unit.alert.world import START

FIVE = timedelta(minutes=5)
_STEP_US = FIVE // timedelta(microseconds=1)
# A window that is not there; None is a window without enough evidence.
GAP = math.inf
Values = Sequence[float | None]


def history(values: Mapping[tuple[str, str], Values], *, recovers_at: float = 80) -> History:
    """Judge windows of 5 minutes against 50 and 100 ms; keys are metric and subject."""
    tracks = [_track(*key, each, recovers_at) for key, each in values.items()]
    return History(tuple(track for track in tracks if track.runs))


def _track(metric_id: str, subject: str, values: Values, recovers_at: float) -> Track:
    there = [(place, value) for place, value in enumerate(values) if value != GAP]
    ends = [microseconds(START) + (place + 1) * _STEP_US for place, _ in there]
    told = [_status(value) for _, value in there]
    sides = [
        (status, value is not None and (value > recovers_at) - (value < recovers_at))
        for status, (_, value) in zip(told, there, strict=True)
    ]
    edges = [n for n in range(len(sides)) if n == 0 or sides[n] != sides[n - 1]]
    runs = []
    since = 0
    for first, stop in pairwise([*edges, len(sides)]):
        if first == 0 or told[first] != told[first - 1]:
            since = ends[first] - _STEP_US
        runs.append(Run(first, stop, told[first], 50.0, "<", 100.0, since))
    windows = Windows(
        start_us=[end - _STEP_US for end in ends],
        end_us=ends,
        judged_us=ends,
        values=[math.nan if value is None else value for _, value in there],
        sample_counts=[10] * len(ends),
    )
    return Track(metric_id, subject, "5 minutes", "ms", windows, tuple(runs))


def _status(value: float | None) -> str:
    if value is None:
        return "insufficient"
    return "breached" if value > 100 else "on_target" if value < 50 else "off_target"


def every_window(
    past: History, policy: Policy, *, start: datetime, end: datetime, acts: Sequence[Act] = ()
) -> Replayed:
    """Step at every window of any track, and whenever something is due."""
    ticks = sorted({us for track in past.tracks for us in track.windows.judged_us})
    state, outbox, now = State({}, {}, ()), VirtualOutbox(), start - timedelta(days=1)
    decisions, incidents, waiting, steps = list[Decision](), dict[int, Incident](), list(acts), 0
    while True:
        moments = [
            *(moment(us) for us in ticks if moment(us) > now),
            wake_at(state, policy, now=now),
            outbox.next_at,
            *(act.at for act in waiting),
        ]
        now = min((each for each in moments if each is not None), default=end + FIVE)
        if now > end:
            break
        outcomes = []
        for act in [act for act in waiting if act.at <= now]:
            waiting.remove(act)
            for outcome in act.done(state, policy):
                outbox.keep(outcome)
                outcomes.append(outcome)
                state = outcome.state
        outbox.send(now)
        state = outbox.with_told(state)
        readings = [
            track.reading(run, position)
            for track in past.tracks
            for position, us in enumerate(track.windows.judged_us)
            if us == microseconds(now)
            for run in track.runs
            if run.first <= position < run.stop
        ]
        outcome = step(state, readings, policy, evaluator=EVALUATOR, now=now)
        outbox.keep(outcome)
        outbox.send(now)
        state = outbox.with_told(outcome.state)
        steps += 1
        for each in (*outcomes, outcome):
            decisions += each.decisions
            incidents |= {incident.incident_id: incident for incident in each.incidents}
    return Replayed(tuple(outbox.sent), tuple(decisions), tuple(incidents.values()), steps)
