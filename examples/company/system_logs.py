"""§2.1 system_logs: probes of every component, use of every host's resources, access logs.

Scalings have a module of their own. Probes come every five minutes in the last 90 days and hourly
before; resources every five minutes in the last 35 days and every two hours before.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from examples.company import company
from examples.company.histogram import latencies
from examples.company.load import is_down, span
from examples.company.machines import SUBJECTS, used_pct
from examples.company.raw_files import Extract, Faulty, RawFile, split
from examples.company.timeline import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Instants,
    Timeline,
    as_times,
    grid,
    moment,
)

_PROBED_OFTEN = timedelta(days=90)
_SAMPLED_OFTEN = timedelta(days=35)
_ACCESSED = timedelta(days=3)
_TEXT = "%Y-%m-%dT%H:%M:%SZ"


def probes(timeline: Timeline, rng: np.random.Generator) -> tuple[Extract, Extract]:
    """Feeds `probes` (gzipped CSV, every five minutes) and `probes_history` (Parquet, hourly)."""
    often = timeline.before(_PROBED_OFTEN)
    recent = _probes(timeline, grid(often, timeline.end, 5 * MINUTE), rng)
    history = _probes(timeline, grid(timeline.start, often, HOUR), rng)
    return _recent_probes(recent), _probe_history(history)


def _probes(timeline: Timeline, at: Instants, rng: np.random.Generator) -> pl.DataFrame:
    # Up again ten minutes before the announced end, so that no failed probe outlives it.
    start, end = span(company.MAINTENANCE, timeline)
    parts = []
    for position, component in enumerate(company.COMPONENTS):
        # Each component has its own second of the minute, as a prober that takes turns would have.
        when = at + (5 + 7 * position) * SECOND
        down = is_down(component, timeline, at)
        if component == company.MAINTENANCE.subject:
            down |= (at >= start) & (at < end - 10 * MINUTE)
        response = np.rint(rng.uniform(8, 30, at.size) * 10) / 10
        parts.append(
            pl.DataFrame(
                {
                    "observed_at": as_times(when),
                    "component": pl.Series([component]).new_from_index(0, at.size),
                    "is_up": ~down,
                    "response_ms": pl.Series(response).set(pl.Series(down), None),
                }
            )
        )
    return pl.concat(parts).sort("observed_at", "component")


def _recent_probes(rows: pl.DataFrame) -> Extract:
    text = rows.select(
        "observed_at",
        pl.col("observed_at").dt.strftime(_TEXT).alias("time"),
        pl.col("component").alias("target"),
        pl.when("is_up").then(pl.lit("up")).otherwise(pl.lit("down")).alias("state"),
        pl.col("response_ms").alias("millis"),
    )
    parts = split(text, "observed_at", "month")
    time = str(parts[0][1]["time"][0])
    planted = (
        Faulty("unknown state", f"{time},gateway,degraded,12.5"),
        Faulty("unknown state", f"{time},gateway,UNKNOWN,12.5"),
        Faulty("time that is none", f"{time[:10]}T99:00:00Z,gateway,up,12.5"),
    )
    files = [
        RawFile(
            f"system_logs/probes_{label}.csv.gz",
            part.drop("observed_at"),
            planted if label == parts[0][0] else (),
        )
        for label, part in parts
    ]
    return Extract("probes", "probes", rows, tuple(files))


def _probe_history(rows: pl.DataFrame) -> Extract:
    return Extract(
        "probes_history", "probes", rows, (RawFile("system_logs/probes_history.parquet", rows),)
    )


def resources(timeline: Timeline, seed: int, rng: np.random.Generator) -> Extract:
    """Feed `resources`: TSV packed with zstd, a file per half year."""
    often = timeline.before(_SAMPLED_OFTEN)
    at = np.concatenate(
        [grid(timeline.start, often, 2 * HOUR), grid(often, timeline.end, 5 * MINUTE)]
    )
    parts = [_samples(timeline, at, subject, seed=seed, rng=rng) for subject in SUBJECTS]
    rows = pl.concat(parts).sort("observed_at", "host", "resource")
    text = rows.with_columns(pl.col("observed_at").dt.strftime(_TEXT).alias("time"))
    halves = split(text, "observed_at", "half")
    time = str(halves[-1][1]["time"][0])
    planted = (
        Faulty("not a number", f"{time}\tapi-1\tcpu\tnan"),
        Faulty("negative use", f"{time}\tapi-1\tcpu\t-3.0"),
        Faulty("unknown resource", f"{time}\tapi-1\tflux\t12.0"),
    )
    files = [
        RawFile(
            f"system_logs/resources_{label}.tsv.zst",
            part.select("time", "host", "resource", pl.col("utilization_pct").alias("used_pct")),
            planted if label == halves[-1][0] else (),
        )
        for label, part in halves
    ]
    return Extract("resources", "resources", rows, tuple(files))


def _samples(
    timeline: Timeline, at: Instants, subject: str, *, seed: int, rng: np.random.Generator
) -> pl.DataFrame:
    host, resource = subject.split("/")
    return pl.DataFrame(
        {
            "observed_at": as_times(at + 2 * SECOND),
            "host": pl.Series([host]).new_from_index(0, at.size),
            "resource": pl.Series([resource]).new_from_index(0, at.size),
            "utilization_pct": used_pct(timeline, at, subject, seed=seed, rng=rng),
        }
    )


def accesses(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `accesses`: the status page's log, semicolons and local time with its offset."""
    slots = grid(timeline.before(_ACCESSED), timeline.end, 10 * SECOND)
    at = slots + rng.integers(0, 10, slots.size) * SECOND
    index = np.arange(slots.size)
    # One failure in 2500, none of them among the last 30: the judged window is free of failures.
    status = np.where(index % 2500 == 1000, 503, np.where(index % 40 == 7, 404, 200))
    rows = pl.DataFrame(
        {
            "observed_at": as_times(at),
            "service": pl.Series([company.ACCESS_SERVICE]).new_from_index(0, at.size),
            "status_code": status.astype(np.int32),
            "response_ms": np.rint(latencies(31.0, at.size, rng) * 10) / 10,
            "bytes": rng.integers(800, 9000, at.size),
        }
    )
    local = pl.col("observed_at").dt.offset_by("2h").dt.strftime("%d/%m/%Y %H:%M:%S +0200")
    text = rows.select(
        local.alias("time"),
        pl.col("status_code").alias("status"),
        pl.col("response_ms").alias("millis"),
        "bytes",
    )
    day = moment(timeline.end - DAY).strftime("%d/%m/%Y")
    planted = (
        Faulty("status that is none", f"{day} 10:00:00 +0200;abc;20.0;900"),
        Faulty("negative latency", f"{day} 10:00:01 +0200;200;-20.0;900"),
    )
    file = RawFile("system_logs/status_page.log.csv", text, planted, separator=";")
    return Extract("accesses", "accesses", rows, (file,))
