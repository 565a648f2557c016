"""Deploys of the teams, work items of their own kind: one a week each, and some before trouble.

Simulated like all of it: what an incident of the story goes back to went live minutes before it.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from examples.company.company import DEPLOYED_BEFORE, INCIDENTS, TEAMS
from examples.company.load import span
from examples.company.timeline import DAY, MINUTE, WEEK, Instants, Timeline, as_times, grid

_KIND = "deploy"
_MICROSECOND = timedelta(microseconds=1)


def deploys(timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of `work_items`: asked for and live on one day, Tuesday to Thursday by team."""
    monday = int(timeline.week_of(np.array([timeline.start]))[0]) + WEEK
    weeks = grid(monday, timeline.end - 4 * DAY, WEEK)
    team = np.repeat(np.arange(len(TEAMS)), weeks.size)
    day = np.tile(weeks, len(TEAMS)) + (1 + team) * DAY
    done = day + rng.integers(10 * 60, 17 * 60, day.size) * MINUTE
    before = {one.incident_id: span(one, timeline)[0] for one in INCIDENTS}
    planted = [
        (TEAMS.index(by), before[incident_id] - ahead // _MICROSECOND)
        for incident_id, (by, ahead) in DEPLOYED_BEFORE.items()
    ]
    return _rows(
        np.concatenate([done, np.array([at for _, at in planted], dtype=np.int64)]),
        np.concatenate([team, np.array([number for number, _ in planted])]),
    )


def _rows(done: Instants, team: Instants) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "created_at": as_times(done - 50 * MINUTE),
            "started_at": as_times(done - 20 * MINUTE),
            "done_at": as_times(done),
            "team": pl.Series(np.array(TEAMS)[team]),
            "kind": pl.repeat(_KIND, done.size, eager=True),
        }
    )
