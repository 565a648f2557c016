"""Replaying a policy on 90 days of 12 metrics and 20 subjects, against stepping every window.

The history is generated in the published form and judged by the project's own compiled judge.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from anfl_assets.alert.policy import Policy
from anfl_assets.alert.read_policy import read_policy
from anfl_assets.alert.replay import Replayed, replay
from anfl_assets.alert.track import History, Run, Track
from anfl_assets.catalog import Metric, load_catalog
from anfl_assets.flow.alerting.replaying.history import (
    OBSERVATION,
    STATUS,
    Judging,
    judged_history,
    rejudge,
)
from anfl_assets.flow.alerting.replaying.rehearse import rehearse
from anfl_assets.flow.alerting.replaying.what_if import WhatIf, what_if
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.report.published import Published
from anfl_assets.store import lake
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace, open_workspace
from benchmarks.figures import SCRATCH, measured, report

_DAYS = 90
_SHORT_DAYS = 7
_SUBJECTS = 20
_EVENTS_A_DAY = 200
_END = datetime(2026, 6, 1, tzinfo=UTC)
_STEPS = {
    "5 minutes": timedelta(minutes=5),
    "day": timedelta(days=1),
    "30 days": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "quarter": timedelta(days=90),
    "event": timedelta(days=1) / _EVENTS_A_DAY,
}
# Once a week something of a subject is wrong, for 3 hours on average; one window in 500 has too
# little evidence.
_WRONG_A_WINDOW = 1 / (7 * 288)
_WRONG_WINDOWS = 36
_TOO_LITTLE = 1 / 500


def main() -> None:
    """Print the replay of the policy in force, a comparison's half, and both ways beside."""
    load_definitions()
    folder = SCRATCH / "replaying"
    shutil.rmtree(folder, ignore_errors=True)
    written = measured(write_history, str(folder))
    report("90 days × 12 metrics × 20 subjects, written", written, rows=written.result)
    found = measured(replay_published, str(folder), _DAYS, ())
    report("replayed, reading included", found, rows=found.result[0], beside=found.result[1])
    asked = ("inference_latency.alert_threshold=120ms",)
    found = measured(replay_published, str(folder), _DAYS, asked)
    report("replayed with another threshold", found, rows=found.result[0], beside=found.result[1])
    found = measured(both_ways, str(folder))
    report(f"{_SHORT_DAYS} days, both ways", found, rows=found.result[0], beside=found.result[1])
    shutil.rmtree(folder)


def replay_published(folder: str, days: int, settings: tuple[str, ...]) -> tuple[int, str]:
    """Replay the default policy, or one with settings; return windows and what was found."""
    catalog = load_catalog()
    tried = what_if(catalog, _policy(), settings) if settings else _in_force()
    with duckdb.connect() as connection:
        published = _published(folder, connection)
        found = rehearse(published, tried, start=_END - timedelta(days=days), end=_END)
    told = f"{found.run_count:,} runs, {found.replayed.steps:,} steps, "
    return found.window_count, f"{told}{len(found.replayed.messages):,} messages"


def both_ways(folder: str) -> tuple[int, str]:
    """Replay a few days by transitions and window by window; the messages must be the same."""
    catalog, policy = load_catalog(), _policy()
    start = _END - timedelta(days=_SHORT_DAYS)
    with duckdb.connect() as connection:
        published = _published(folder, connection)
        past = judged_history(published, Judging(catalog), {}, start=start, end=_END)
    quick, quick_s = _timed(past, policy, start)
    slow, slow_s = _timed(_every_window(past), policy, start)
    assert quick.messages == slow.messages
    assert quick.messages
    return past.window_count, (
        f"by transitions {quick_s:.2f} s ({quick.steps:,} steps), "
        f"window by window {slow_s:.2f} s ({slow.steps:,})"
    )


def write_history(folder: str) -> int:
    """Write observations and statuses as a build publishes them; return the judged windows."""
    catalog = load_catalog()
    random = np.random.default_rng(4)
    observed = pl.concat(
        _windows(metric, grain, subject, random)
        for metric in catalog.metrics.values()
        for grain in metric.grains
        for subject in range(_SUBJECTS)
    )
    sql = next(each.sql for each in load_definitions() if each.name == STATUS)
    workspace = open_workspace(Path(folder) / "data")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.register("made", observed.to_arrow())
        connection.execute("create temp table observed as from made")
        rejudge(connection, sql, Judging(catalog))
        for name, relation in ((OBSERVATION, "observed"), (STATUS, "rejudged")):
            rows = pl.DataFrame(
                connection.sql(
                    f"select *, date_trunc('month', date)::date as month from {relation} "
                    "order by month, metric_id, grain, subject, window_end_at"
                ).to_arrow_table()
            )
            lake.append(workspace.mart_path(name), rows, metadata={})
    return observed.height


def _windows(metric: Metric, grain: str, subject: int, random: np.random.Generator) -> pl.DataFrame:
    """Return a subject's windows: on target, now and then off it or beyond the threshold."""
    step = _STEPS[grain]
    count = timedelta(days=_DAYS) // step
    target, threshold = metric.target.value, metric.threshold.value
    wrong = threshold + 0.2 * (threshold - target)
    levels = np.full(count, target - 0.1 * (threshold - target))
    for first in np.flatnonzero(random.random(count) < _WRONG_A_WINDOW):
        length = 1 + random.geometric(1 / _WRONG_WINDOWS)
        levels[first : first + length] = random.choice([wrong, (target + threshold) / 2])
    ends = [_END - n * step for n in range(count)][::-1]
    return pl.DataFrame(
        {
            "metric_id": metric.metric_id,
            "subject": f"subject-{subject:02}",
            "grain": grain,
            "window_start_at": [end - step for end in ends],
            "window_end_at": ends,
            "value": np.where(random.random(count) < _TOO_LITTLE, np.nan, levels),
            "unit": metric.unit.value,
            "numerator": None,
            "denominator": None,
            "sample_count": 100,
            "date": [_last_day(end) for end in ends],
        },
        schema_overrides={
            "numerator": pl.Float64,
            "denominator": pl.Float64,
            "sample_count": pl.Int64,
            "window_start_at": pl.Datetime("us", "UTC"),
            "window_end_at": pl.Datetime("us", "UTC"),
        },
    ).with_columns(pl.col("value").fill_nan(None))


def _last_day(end: datetime) -> date:
    return (end - timedelta(microseconds=1)).date()


def _policy() -> Policy:
    return read_policy(load_catalog(), None, feeds={})


def _in_force() -> WhatIf:
    catalog = load_catalog()
    return WhatIf(catalog, catalog, _policy())


def _published(folder: str, connection: duckdb.DuckDBPyConnection) -> Published:
    connection.execute("set TimeZone = 'UTC'")
    workspace = Workspace((Path(folder) / "data").resolve())
    compiled = {each.name: each.sql for each in load_definitions()}
    build = PublishedBuild("bench", "0" * 64, 1, {}, {STATUS: 0, OBSERVATION: 0}, compiled, _END)
    return Published(workspace, build, connection)


def _timed(past: History, policy: Policy, start: datetime) -> tuple[Replayed, float]:
    began = time.perf_counter()
    found = replay(past, policy, start=start, end=_END)
    return found, time.perf_counter() - began


def _every_window(past: History) -> History:
    """Return the same history with each window a run of its own."""
    return History(tuple(replace(track, runs=tuple(_single(track))) for track in past.tracks))


def _single(track: Track) -> list[Run]:
    return [
        replace(run, first=position, stop=position + 1)
        for run in track.runs
        for position in range(run.first, run.stop)
    ]


if __name__ == "__main__":
    main()
