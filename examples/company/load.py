"""How much a service does at each instant: its daily and weekly course, growth and incidents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from examples.company.company import INCIDENTS, Incident, Service
from examples.company.timeline import Instants, Timeline, daily_wave, is_weekend, micros, moment

Floats = npt.NDArray[np.float64]
# Chosen so that a quiet service of the first four stays above 1000 req/s at any hour of late.
_DAILY = 0.12
_WEEKEND = 0.05
_GROWTH = 0.35
_NOISE = 0.01


class Load(NamedTuple):
    """What a service does at each instant."""

    throughput_rps: Floats
    latency_p95_ms: Floats
    error_pct: Floats


def span(incident: Incident, timeline: Timeline) -> tuple[int, int]:
    """Start and end of an incident as instants; one still going on ends at `as_of`."""
    start = timeline.before(incident.before)
    if incident.lasts is None:
        return start, timeline.end
    return start, micros(moment(start) + incident.lasts)


def during(incident: Incident, timeline: Timeline, instants: Instants) -> npt.NDArray[np.bool_]:
    """Which instants fall into the incident."""
    start, end = span(incident, timeline)
    return (instants >= start) & (instants < end)


def load(service: Service, timeline: Timeline, at: Instants, rng: np.random.Generator) -> Load:
    """The service's load at each instant."""
    age = (timeline.end - at) / (timeline.end - timeline.start)
    course = 1 + _DAILY * daily_wave(at, peak_hour=14)
    throughput = service.throughput_rps * (1 - _GROWTH * age) * course
    throughput = throughput * (1 - _WEEKEND * is_weekend(at)) * _noise(at, _NOISE, rng)
    latency = service.latency_p95_ms * (1 + 0.05 * daily_wave(at, peak_hour=14))
    latency = latency * _noise(at, _NOISE, rng)
    error = service.error_pct * _noise(at, 0.2, rng)
    for incident in INCIDENTS:
        if incident.subject == service.name:
            mask = during(incident, timeline, at)
            throughput[mask] *= incident.throughput_factor
            latency[mask] *= incident.latency_factor
            if incident.error_pct is not None:
                error[mask] *= incident.error_pct / service.error_pct
    return Load(throughput, latency, error)


def is_down(component: str, timeline: Timeline, instants: Instants) -> npt.NDArray[np.bool_]:
    """Whether the component lay down at each instant, by an incident."""
    down = np.zeros(instants.size, dtype=np.bool_)
    for incident in INCIDENTS:
        if incident.subject == component and incident.is_down:
            down |= during(incident, timeline, instants)
    return down


def _noise(at: Instants, width: float, rng: np.random.Generator) -> Floats:
    return 1 + width * rng.uniform(-1, 1, at.size)
