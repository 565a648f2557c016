"""Uptime, use of resources and scaling, as they must come out at `as_of`."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from examples.company import company
from examples.company.expected import Expected
from examples.company.histogram import nearest_rank
from examples.company.load import span
from examples.company.timeline import DAY, MINUTE, SECOND, Timeline, micros, moment

# Longest time a state is believed, as feeds.yaml declares it (max_carry).
CARRY = {"probes": timedelta(minutes=15), "probes_history": timedelta(hours=2)}
_WINDOWS = {"30 days": timedelta(days=30), "day": timedelta(days=1)}


def uptime(probes: dict[str, pl.DataFrame], timeline: Timeline) -> list[Expected]:
    """Every component and `all` over the last 30 days and the last day."""
    parts = [
        rows.with_columns(pl.lit(CARRY[feed] // timedelta(microseconds=1), pl.Int64).alias("carry"))
        for feed, rows in probes.items()
    ]
    states = pl.concat(parts).sort("component", "observed_at")
    expected = []
    for grain, length in _WINDOWS.items():
        total_up = total_known = 0
        for component in company.COMPONENTS:
            own = states.filter(pl.col("component") == component)
            up, known = _up_and_known(own, component, length, timeline)
            total_up, total_known = total_up + up, total_known + known
            expected.append(_uptime(component, grain, length, timeline, counted=(up, known)))
        expected.append(_uptime("all", grain, length, timeline, counted=(total_up, total_known)))
    return expected


def _up_and_known(
    states: pl.DataFrame, component: str, length: timedelta, timeline: Timeline
) -> tuple[int, int]:
    """Microseconds up and microseconds known, announced work left out."""
    at = states["observed_at"].cast(pl.Int64).to_numpy()
    until = np.minimum(np.append(at[1:], timeline.end), at + states["carry"].to_numpy())
    start = np.maximum(at, timeline.before(length))
    lasted = np.maximum(until - start, 0)
    if component == company.MAINTENANCE.subject:
        work = span(company.MAINTENANCE, timeline)
        lasted -= np.maximum(np.minimum(until, work[1]) - np.maximum(start, work[0]), 0)
    return int(lasted[states["is_up"].to_numpy()].sum()), int(lasted.sum())


def _uptime(
    component: str,
    grain: str,
    length: timedelta,
    timeline: Timeline,
    *,
    counted: tuple[int, int],
) -> Expected:
    up, known = counted
    return Expected(
        "uptime",
        component,
        grain,
        timeline.as_of - length,
        timeline.as_of,
        100 * up / known,
        numerator=up / SECOND,
        denominator=known / SECOND,
    )


def resource_utilization(resources: pl.DataFrame, timeline: Timeline) -> list[Expected]:
    """Mean use of each host's each resource in the last five minutes."""
    start = timeline.as_of - timedelta(minutes=5)
    means = (
        resources.filter(pl.col("observed_at") >= start)
        .group_by("host", "resource")
        .agg(pl.col("utilization_pct").mean().alias("mean"), pl.len().alias("samples"))
        .sort("host", "resource")
    )
    return [
        Expected(
            "resource_utilization",
            f"{host}/{resource}",
            "5 minutes",
            start,
            timeline.as_of,
            mean,
            sample_count=samples,
            since=_full_since(resources, timeline)
            if f"{host}/{resource}" == company.DISK_FLOOD.subject
            else None,
        )
        for host, resource, mean, samples in means.rows()
    ]


def _full_since(resources: pl.DataFrame, timeline: Timeline) -> datetime:
    """Start of the first five minutes above 90 %; it only rises."""
    is_disk = pl.format("{}/{}", "host", "resource") == company.DISK_FLOOD.subject
    disk = resources.filter(is_disk, pl.col("utilization_pct") > 90)
    first = disk["observed_at"].min()
    at = micros(first) if isinstance(first, datetime) else timeline.end
    return moment(at - at % (5 * MINUTE))


def scaling_efficiency(scalings: pl.DataFrame, timeline: Timeline) -> list[Expected]:
    """95th percentile of the last day's scalings of each service that scales."""
    start = moment(timeline.end - DAY)
    last_day = scalings.filter(pl.col("requested_at") >= start, pl.col("ready_at").is_not_null())
    expected = []
    for service in sorted(company.SCALING_SERVICES):
        own = last_day.filter(pl.col("service") == service)
        waits = (own["ready_at"] - own["requested_at"]).dt.total_microseconds() / SECOND
        expected.append(
            Expected(
                "scaling_efficiency",
                service,
                "day",
                start,
                timeline.as_of,
                nearest_rank(waits.to_numpy(), 0.95),
                sample_count=own.height,
            )
        )
    return expected
