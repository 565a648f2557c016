"""§2.1 system_logs, scalings: more or less capacity, asked for and ready some seconds later.

Written as an autoscaler would log it: a line when it is asked for, and the whole line again when it
is ready. The second file therefore replaces rows of the first (the feed's key is `id`).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from examples.company.company import SCALING_SERVICES, STALLED_SCALING
from examples.company.raw_files import Extract, Faulty, RawFile
from examples.company.timeline import DAY, SECOND, Timeline, as_times, grid, moment

_A_DAY = 5
_UPDATED = timedelta(days=30)
_PENDING_EVERY = 20
_BEFORE = '{"id":"x1","asked":"%s","ready":"%s","service":"embeddings","from":4,"to":6}'
_BROKEN = '{"id":"x2","asked":"%s","ready":'


def scalings(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `scalings`: JSON Lines, a base file and one with the lines that came later."""
    parts = [_scalings(name, wait, timeline, rng) for name, wait in SCALING_SERVICES.items()]
    rows = pl.concat([*parts, _stalled(timeline)]).sort("requested_at", "service")
    known = rows.with_columns(pl.format("s{}", pl.int_range(pl.len())).alias("id"))
    # Up to 30 days before as_of some were written down while still pending.
    is_old = pl.col("requested_at") < moment(timeline.before(_UPDATED))
    old, late = known.filter(is_old), known.filter(~is_old)
    was_pending = pl.int_range(pl.len()) % _PENDING_EVERY == 3
    updates = old.filter(was_pending & pl.col("ready_at").is_not_null())
    pending = pl.col("id").is_in(updates["id"].implode())
    base = old.with_columns(pl.when(~pending).then("ready_at").alias("ready_at"))
    repeated = late.head(4)
    day = timeline.as_of.strftime("%Y-%m-%d")
    planted = _faulty(moment(timeline.end - DAY).strftime("%Y-%m-%dT"))
    files = (
        RawFile("system_logs/scalings_1_base.jsonl", _text(base)),
        RawFile(
            f"system_logs/scalings_2_until_{day}.jsonl",
            _text(pl.concat([updates, late, repeated])),
            planted,
        ),
    )
    return Extract(
        "scalings",
        "scalings",
        rows,
        files,
        duplicates=repeated.height,
        superseded=updates.height,
    )


def _scalings(
    service: str, mean_wait_s: float, timeline: Timeline, rng: np.random.Generator
) -> pl.DataFrame:
    days = np.repeat(grid(timeline.start, timeline.end, DAY), _A_DAY)
    asked = days + rng.integers(0, DAY // SECOND - 120, days.size) * SECOND
    wait = np.rint(mean_wait_s * rng.uniform(0.75, 1.3, days.size) * 1000).astype(np.int64)
    before = rng.integers(2, 12, days.size)
    after = np.maximum(before + rng.choice((-2, -1, 1, 2, 3), days.size), 1)
    return pl.DataFrame(
        {
            "requested_at": as_times(asked),
            "ready_at": as_times(asked + wait * 1000),
            "service": pl.Series([service]).new_from_index(0, days.size),
            "from_units": before,
            "to_units": after,
        }
    )


def _stalled(timeline: Timeline) -> pl.DataFrame:
    asked = np.array([timeline.before(STALLED_SCALING.before)])
    return pl.DataFrame(
        {
            "requested_at": as_times(asked),
            "ready_at": pl.Series([None], dtype=pl.Datetime("us", "UTC")),
            "service": [STALLED_SCALING.subject],
            "from_units": [6],
            "to_units": [8],
        }
    )


def _text(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "id",
        pl.col("requested_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").alias("asked"),
        pl.col("ready_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").alias("ready"),
        "service",
        pl.col("from_units").alias("from"),
        pl.col("to_units").alias("to"),
    )


def _faulty(day: str) -> tuple[Faulty, ...]:
    later, sooner = f"{day}11:00:00.000+00:00", f"{day}10:00:00.000+00:00"
    return (
        Faulty("ready before it was asked for", _BEFORE % (later, sooner)),
        Faulty("broken JSON", _BROKEN % later),
    )
