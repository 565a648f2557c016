"""§2.1 performance_data: windows with latency histograms, and raw requests of the last two days.

Windows are an hour long until 60 days before `as_of`, then five minutes, and one minute in the last
two days, when the two small services send every request instead.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from examples.company.company import RAW_SERVICES, SERVICES, Service
from examples.company.histogram import histograms, latencies
from examples.company.load import load
from examples.company.raw_files import Extract, Faulty, RawFile, split
from examples.company.timeline import HOUR, MINUTE, SECOND, Timeline, as_times, grid

_FINE = timedelta(days=60)
_LIVE = timedelta(days=2)
_ERROR_EVERY = 2000
_SOURCE_NAMES = {
    "window_start_at": "start",
    "window_s": "seconds",
    "request_count": "requests",
    "error_count": "errors",
    "latency_buckets": "buckets",
    "latency_counts": "counts",
}
_SHORT_LISTS = (
    '{"start":"%s","seconds":60.0,"service":"embeddings","requests":9,"errors":0,'
    '"buckets":[100,101,102],"counts":[4,5]}'
)
_BROKEN = '{"start":"%s","seconds":60.0,"service":"embeddings","requests":'


def request_windows(timeline: Timeline, rng: np.random.Generator) -> tuple[Extract, Extract]:
    """Feeds `request_windows` (hours and five minutes) and `request_windows_live` (minutes)."""
    windows = pl.concat([_windows(service, timeline, rng) for service in SERVICES])
    windows = windows.sort("window_start_at", "service")
    is_live = pl.col("window_s") == MINUTE / SECOND
    return _history(windows.filter(~is_live)), _live(windows.filter(is_live))


def requests(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `requests`: every request of the two small services in the last two days."""
    small = [service for service in SERVICES if service.name in RAW_SERVICES]
    rows = pl.concat([_requests(service, timeline, rng) for service in small])
    rows = rows.sort("observed_at", "service")
    text = rows.select(
        pl.col("observed_at").dt.strftime("%Y-%m-%d %H:%M:%S%.3f").alias("time"),
        "service",
        (pl.col("latency_ms") / 1000).alias("seconds"),
        pl.when("is_error").then(pl.lit("error")).otherwise(pl.lit("ok")).alias("outcome"),
    )
    days = text.with_columns(pl.col("time").str.head(10).alias("day"))
    parts = days.partition_by("day", as_dict=True, maintain_order=True, include_key=False)
    named = [(str(key[0]), part) for key, part in parts.items()]
    files = [
        RawFile(
            f"performance_data/requests_{day}.csv.zst",
            part,
            _faulty_requests(day) if day == named[-1][0] else (),
            decimals=6,
        )
        for day, part in named
    ]
    return Extract("requests", "requests", rows, tuple(files))


def _windows(service: Service, timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    fine, live = timeline.before(_FINE), timeline.before(_LIVE)
    last = live if service.name in RAW_SERVICES else timeline.end
    spans = ((timeline.start, fine, HOUR), (fine, live, 5 * MINUTE), (live, last, MINUTE))
    starts = np.concatenate([grid(*part) for part in spans])
    steps = np.concatenate([np.full(grid(*part).size, part[2] // SECOND) for part in spans])
    now = load(service, timeline, starts, rng)
    count = np.rint(now.throughput_rps * steps).astype(np.int64)
    errors = np.minimum(np.rint(count * now.error_pct / 100).astype(np.int64), count)
    buckets, counts = histograms(now.latency_p95_ms, count - errors)
    windows = pl.DataFrame(
        {
            "window_start_at": as_times(starts),
            "window_s": steps.astype(np.float64),
            "service": pl.Series([service.name]).new_from_index(0, starts.size),
            "request_count": count,
            "error_count": errors,
            "latency_buckets": pl.Series(buckets).arr.to_list(),
            "latency_counts": pl.Series(counts).arr.to_list(),
        }
    )
    # A window without requests has no latency to tell, not a histogram of zeros.
    lists = [
        pl.when(pl.col("request_count") > 0).then(name).alias(name)
        for name in ("latency_buckets", "latency_counts")
    ]
    return windows.with_columns(lists)


def _history(rows: pl.DataFrame) -> Extract:
    parts = split(rows.rename(_SOURCE_NAMES), "start", "half")
    files = [
        RawFile(
            f"performance_data/windows_{label}.parquet",
            part,
            _faulty_windows(part.row(0, named=True)) if label == parts[-1][0] else (),
        )
        for label, part in parts
    ]
    return Extract("request_windows", "request_windows", rows, tuple(files))


def _live(rows: pl.DataFrame) -> Extract:
    text = rows.rename(_SOURCE_NAMES).with_columns(
        pl.col("start").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        pl.col("start").dt.strftime("%Y-%m-%d").alias("day"),
    )
    parts = text.partition_by("day", as_dict=True, maintain_order=True, include_key=False)
    named = [(str(key[0]), part) for key, part in parts.items()]
    first = str(text["start"][0])
    planted = (
        Faulty("counts shorter than buckets", _SHORT_LISTS % first),
        Faulty("broken JSON", _BROKEN % first),
    )
    files = [
        RawFile(
            f"performance_data/windows_live_{day}.jsonl.zst",
            part,
            planted if day == named[0][0] else (),
        )
        for day, part in named
    ]
    return Extract("request_windows_live", "request_windows", rows, tuple(files))


def _faulty_windows(like: dict[str, Any]) -> tuple[Faulty, ...]:
    return (
        Faulty("more errors than requests", {**like, "errors": like["requests"] + 1}),
        Faulty("negative count", {**like, "requests": -5, "errors": 0}),
    )


def _requests(service: Service, timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    """One request in each equal slot of time: whole windows hold the same number each."""
    start = timeline.before(_LIVE)
    slot = round(SECOND / service.throughput_rps)
    slots = grid(start, timeline.end, slot)
    at = slots + rng.integers(0, slot - 1000, slots.size)
    is_error = np.arange(slots.size) % _ERROR_EVERY == _ERROR_EVERY // 2
    # Seconds with six decimals are what the file can hold; the lake must agree exactly.
    latency_ms = np.rint(latencies(service.latency_p95_ms, slots.size, rng) * 1000) / 1000
    return pl.DataFrame(
        {
            "observed_at": as_times(at - at % 1000),
            "service": pl.Series([service.name]).new_from_index(0, slots.size),
            "latency_ms": pl.Series(latency_ms).set(pl.Series(is_error), None),
            "is_error": is_error,
        }
    )


def _faulty_requests(day: str) -> tuple[Faulty, ...]:
    return (
        Faulty("too few fields", f"{day} 08:00:00.000,batch-scoring"),
        Faulty("too many fields", f"{day} 08:00:01.000,batch-scoring,0.25,ok,again"),
        Faulty("time that is none", f"{day} 25:61:00.000,batch-scoring,0.25,ok"),
        Faulty("not a number", f"{day} 08:00:02.000,batch-scoring,NaN,ok"),
        Faulty("infinite", f"{day} 08:00:03.000,batch-scoring,inf,ok"),
        Faulty("negative latency", f"{day} 08:00:04.000,batch-scoring,-0.25,ok"),
        Faulty("unknown outcome", f"{day} 08:00:05.000,batch-scoring,0.25,perhaps"),
        Faulty("future time", "2199-01-01 00:00:00.000,batch-scoring,0.25,ok"),
    )
