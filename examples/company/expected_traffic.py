"""Latency, throughput and error rate of one five-minute window, as they must come out.

Independent of the pipeline: NumPy over the generator's own windows, requests and accesses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from examples.company import company
from examples.company.expected import Expected
from examples.company.histogram import (
    Counts,
    Floats,
    bucket_of,
    merged_nearest_rank,
    nearest_rank,
)
from examples.company.load import span
from examples.company.timeline import Timeline, moment

WINDOW = timedelta(minutes=5)
_METRICS = ("inference_latency", "throughput", "error_rate")
# A bucket of 1.02 stands for any value in it within 1 %.
_SKETCHED = 0.01


@dataclass(frozen=True)
class Traffic:
    """Successful latencies of one window as raw values or as buckets, and its counts."""

    count: int
    errors: int
    latencies_ms: Floats
    buckets: Counts
    counts: Counts

    @property
    def is_sketched(self) -> bool:
        """Whether the latencies came as a histogram."""
        return bool(self.buckets.size)

    @property
    def p95_ms(self) -> float:
        """95th percentile by nearest rank."""
        if not self.is_sketched:
            return nearest_rank(self.latencies_ms, 0.95)
        raw = bucket_of(self.latencies_ms)
        buckets = np.concatenate([self.buckets, raw])
        counts = np.concatenate([self.counts, np.ones(raw.size, dtype=np.int64)])
        return merged_nearest_rank(buckets, counts, 0.95)


@dataclass(frozen=True)
class Sources:
    """The rows that tell of traffic."""

    windows: pl.DataFrame
    requests: pl.DataFrame
    accesses: pl.DataFrame


def now(sources: Sources, timeline: Timeline) -> list[Expected]:
    """The last five minutes before `as_of`: every service and `all`."""
    start = timeline.as_of - WINDOW
    names = [*(service.name for service in company.SERVICES), company.ACCESS_SERVICE]
    parts = {name: _traffic(sources, name, start) for name in names}
    parts["all"] = _whole(list(parts.values()))
    return [
        replace(_expected(metric, name, traffic, start), since=_since(metric, name, timeline))
        for metric in _METRICS
        for name, traffic in parts.items()
    ]


def past(sources: Sources, timeline: Timeline) -> list[Expected]:
    """The first whole window of each incident, where history still has five-minute windows."""
    rows = []
    for incident in company.INCIDENTS:
        start = moment(span(incident, timeline)[0])
        if incident.before > timedelta(days=58) or incident.before < timedelta(days=2):
            continue
        traffic = _traffic(sources, incident.subject, start)
        wanted = [metric for metric in incident.metrics if metric in _METRICS]
        rows += [_expected(metric, incident.subject, traffic, start) for metric in wanted]
    return rows


def _since(metric: str, subject: str, timeline: Timeline) -> datetime | None:
    for incident in company.INCIDENTS:
        is_open = incident.lasts is None and incident.subject == subject
        if is_open and metric in incident.metrics:
            return moment(span(incident, timeline)[0])
    return None


def _expected(metric: str, subject: str, traffic: Traffic, start: datetime) -> Expected:
    blank = Expected(metric, subject, "5 minutes", start, start + WINDOW)
    if metric == "inference_latency":
        return replace(
            blank,
            value=traffic.p95_ms,
            sample_count=traffic.count - traffic.errors,
            relative_tolerance=_SKETCHED if traffic.is_sketched else blank.relative_tolerance,
        )
    if metric == "throughput":
        above, below, factor = float(traffic.count), WINDOW.total_seconds(), 1
    else:
        above, below, factor = float(traffic.errors), float(traffic.count), 100
    return replace(
        blank,
        value=factor * above / below,
        numerator=above,
        denominator=below,
        sample_count=traffic.count,
    )


def _within(rows: pl.DataFrame, column: str, service: str, start: datetime) -> pl.DataFrame:
    at = pl.col(column)
    return rows.filter(at >= start, at < start + WINDOW, pl.col("service") == service)


def _traffic(sources: Sources, service: str, start: datetime) -> Traffic:
    windows = _within(sources.windows, "window_start_at", service, start)
    requests = _within(sources.requests, "observed_at", service, start)
    accesses = _within(sources.accesses, "observed_at", service, start)
    failed = accesses.filter(pl.col("status_code") >= 500).height
    lists = windows.select("latency_buckets", "latency_counts").drop_nulls()
    latencies = pl.concat(
        [
            requests.filter(~pl.col("is_error"))["latency_ms"],
            accesses.filter(pl.col("status_code") < 500)["response_ms"],
        ]
    )
    return Traffic(
        int(windows["request_count"].sum()) + requests.height + accesses.height,
        int(windows["error_count"].sum()) + int(requests["is_error"].sum()) + failed,
        latencies.to_numpy(),
        lists["latency_buckets"].explode().cast(pl.Int64).to_numpy(),
        lists["latency_counts"].explode().to_numpy(),
    )


def _whole(parts: list[Traffic]) -> Traffic:
    return Traffic(
        sum(part.count for part in parts),
        sum(part.errors for part in parts),
        np.concatenate([part.latencies_ms for part in parts]),
        np.concatenate([part.buckets for part in parts]),
        np.concatenate([part.counts for part in parts]),
    )
