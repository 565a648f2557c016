"""When a host's resource will pass the alert threshold: told by going on, not by forecasting.

The course of each host goes on after `as_of` as it was made before it, in samples of five minutes;
the first day whose mean, or highest hour, lies beyond the threshold is the truth of §3.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from examples.company.expected import band
from examples.company.machines import SUBJECTS, Floats, stream, used_pct
from examples.company.timeline import DAY, MINUTE, Timeline, grid

HORIZON_DAYS = 90
_METRIC = "resource_utilization"


def crossings(timeline: Timeline, seed: int) -> list[dict[str, Any]]:
    """Rows of the truth: each host's resource and form; `day` is None where it stays below.

    What lies beyond the threshold on the last day of the history has nothing to cross: left out.
    """
    at = grid(timeline.end - DAY, timeline.end + HORIZON_DAYS * DAY, 5 * MINUTE)
    rng = stream(seed, "what is to come")
    return [
        row
        for subject in SUBJECTS
        for row in _rows(timeline, subject, used_pct(timeline, at, subject, seed=seed, rng=rng))
    ]


def _rows(timeline: Timeline, subject: str, used: Floats) -> Iterator[dict[str, Any]]:
    hours = used.reshape(-1, 24, 12).mean(axis=2)
    forms = {"daily mean": hours.mean(axis=1), "daily peak": hours.max(axis=1)}
    threshold = band(_METRIC, subject).threshold
    for form, days in forms.items():
        beyond = np.flatnonzero(days > threshold)
        first = int(beyond[0]) if beyond.size else None
        if first == 0:
            continue
        day = None if first is None else timeline.as_of.date() + timedelta(days=first - 1)
        yield {
            "metric_id": _METRIC,
            "subject": subject,
            "form": form,
            "threshold": threshold,
            "horizon_days": HORIZON_DAYS,
            "day": day and day.isoformat(),
        }
