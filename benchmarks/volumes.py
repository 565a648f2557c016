"""Made-up volumes: requests and reported windows of twenty services, and feeds to read them.

Deterministic for a seed. One file a day, so that a day can be added to a data folder.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

SERVICES = tuple(f"service-{n:02}" for n in range(20))
FAILED_SHARE = 0.002
FIRST_DAY = date(2025, 1, 1)
_DAY_US = 86_400_000_000

FEEDS = """\
organisation: {{name: Benchmark, is_simulated: true}}
root: {root}
feeds:
  requests:
    entity: requests
    files: requests/*.{suffix}
    columns:
      observed_at: {{from: observed_at, zone: UTC}}
      service: service
      latency_ms: {{from: latency_ms, unit: ms}}
      is_error: {{from: is_error, values: {{"true": true, "false": false}}}}
    complete_to: 1 day
  windows:
    entity: request_windows
    files: windows/*.parquet
    columns:
      window_start_at: {{from: window_start_at, zone: UTC}}
      window_s: {{from: window_s, unit: s}}
      service: service
      request_count: request_count
      error_count: error_count
      latency_buckets: latency_buckets
      latency_counts: latency_counts
    complete_to: 1 day
"""


def requests(day: date, count: int, seed: int) -> pl.DataFrame:
    """Return one day's requests in time order; 1 in 500 failed, latency log-normal around 40 ms."""
    random = np.random.default_rng([seed, day.toordinal()])
    offsets_us = np.sort(random.integers(0, _DAY_US, count))
    start_us = int(datetime.combine(day, time(), UTC).timestamp()) * 1_000_000
    return pl.DataFrame(
        {
            "observed_at": pl.Series(start_us + offsets_us).cast(pl.Datetime("us", "UTC")),
            "service": pl.Series(random.integers(0, len(SERVICES), count)).replace_strict(
                dict(enumerate(SERVICES)), return_dtype=pl.String
            ),
            "latency_ms": np.round(random.lognormal(3.7, 0.5, count), 3),
            "is_error": random.random(count) < FAILED_SHARE,
        }
    )


def windows(day: date, seed: int) -> pl.DataFrame:
    """Return one day's one-minute windows of every service, each with a histogram of 20 buckets."""
    random = np.random.default_rng([seed, day.toordinal(), 1])
    minutes = 1440 * len(SERVICES)
    counts = random.poisson(8, (minutes, 20))
    start = datetime.combine(day, time(), UTC)
    first = random.integers(150, 200, minutes).astype(np.int16)
    buckets = (first[:, None] + np.arange(20, dtype=np.int16)).astype(np.int16)
    errors = random.poisson(0.3, minutes)
    return pl.DataFrame(
        {
            "window_start_at": [
                start + timedelta(minutes=n) for n in range(1440) for _ in SERVICES
            ],
            "window_s": 60.0,
            "service": list(SERVICES) * 1440,
            "request_count": counts.sum(axis=1) + errors,
            "error_count": errors,
            "latency_buckets": pl.Series(buckets.tolist(), dtype=pl.List(pl.Int16)),
            "latency_counts": pl.Series(counts.tolist(), dtype=pl.List(pl.Int64)),
        }
    )


def write_requests_csv(path: Path, rows: int, seed: int) -> None:
    """Write one CSV of `rows` requests of one day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    requests(FIRST_DAY, rows, seed).write_csv(
        path, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ", float_precision=3
    )


def write_days(
    folder: Path, days: range, *, requests_a_day: int, with_windows: bool, seed: int
) -> int:
    """Write one Parquet file a day for each table; return the rows written."""
    written = 0
    for n in days:
        day = FIRST_DAY + timedelta(days=n)
        frames = {"requests": requests(day, requests_a_day, seed)}
        if with_windows:
            # services of their own: raw requests would take the windows' place
            frames["windows"] = windows(day, seed).with_columns("reported-" + pl.col("service"))
        for name, frame in frames.items():
            path = folder / name / f"{day}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(path)
            written += frame.height
    return written


def write_feeds(folder: Path, *, suffix: str, with_windows: bool) -> Path:
    """Write the feeds file of `folder`; without windows their feed is left out."""
    text = FEEDS.format(root=".", suffix=suffix)
    if not with_windows:
        text = text[: text.index("  windows:")]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feeds.yaml"
    path.write_text(text)
    return path
