"""§2.1 usage_analytics, the small ones: counts by the day, and the teams' work items.

Events and orders have modules of their own.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from examples.company.company import TEAMS
from examples.company.deploys import deploys
from examples.company.raw_files import Extract, Faulty, RawFile
from examples.company.timeline import DAY, HOUR, SECOND, Timeline, as_times, grid

_KINDS = ("feature", "fault", "upkeep")
_DAY_S = 86_400.0


def usage_windows(events: pl.DataFrame) -> Extract:
    """Feed `usage_windows`: the console's own count of active people by the day, nested JSON."""
    active = (
        events.group_by(pl.col("occurred_at").dt.truncate("1d").alias("window_start_at"))
        .agg(pl.col("user_id").n_unique().cast(pl.Float64).alias("count"))
        .sort("window_start_at")
    )
    rows = active.select(
        "window_start_at",
        pl.lit(_DAY_S).alias("window_s"),
        pl.lit("console").alias("product"),
        pl.lit("active_users").alias("kind"),
        "count",
        pl.lit(None, pl.Float64).alias("of_count"),
    )
    items = rows.select(
        pl.col("window_start_at").dt.strftime("%Y-%m-%d").alias("day"),
        "product",
        pl.col("kind").alias("measure"),
        pl.col("count").alias("amount"),
    )
    wrong = {**items.row(0, named=True), "measure": "vibes"}
    file = RawFile(
        "usage_analytics/console_usage.json",
        items,
        (Faulty("unknown measure", wrong),),
        records=("report", "items"),
    )
    return Extract("usage_windows", "usage_windows", rows, (file,))


def work_items(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `work_items`: three teams' items and deploys, plain JSON; the youngest are not done."""
    days = np.tile(grid(timeline.start, timeline.end, DAY), len(TEAMS))
    team = np.repeat(np.arange(len(TEAMS)), days.size // len(TEAMS))
    created = days + rng.integers(8 * 3600, 18 * 3600, days.size) * SECOND
    started = created + rng.integers(1, 120, days.size) * HOUR
    done = started + rng.integers(2, 200, days.size) * HOUR
    kind = rng.integers(0, len(_KINDS), days.size)
    rows = (
        pl.DataFrame(
            {
                "created_at": as_times(created),
                "started_at": as_times(started),
                "done_at": as_times(done),
                "team": pl.Series(np.array(TEAMS)[team]),
                "kind": pl.Series(np.array(_KINDS)[kind]),
            }
        )
        .vstack(deploys(timeline, rng))
        .with_columns(
            pl.when(pl.col(name) < timeline.as_of).then(name).alias(name)
            for name in ("started_at", "done_at")
        )
        .sort("created_at", "team")
    )
    text = rows.select(
        pl.col(f"{name}_at").dt.strftime("%Y-%m-%d %H:%M:%S").alias(name)
        for name in ("created", "started", "done")
    ).with_columns(rows["team"], rows["kind"].alias("type"))
    first = text.row(0, named=True)
    backwards = {**first, "done": first["created"], "started": first["done"]}
    file = RawFile(
        "usage_analytics/work_items.json", text, (Faulty("done before it began", backwards),)
    )
    return Extract("work_items", "work_items", rows, (file,))
