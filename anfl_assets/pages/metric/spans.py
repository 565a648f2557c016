"""Which stretch of time a page shows, and by windows of which length: at most so many a line.

Nothing is averaged to fit: a longer stretch is drawn by windows that were computed longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.catalog import Metric
from anfl_assets.flow.analysis.grains import grain

RANGES: dict[str, timedelta | None] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
    "all": None,
}
RANGE_NAMES = {
    "24h": "24 hours",
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "1y": "1 year",
    "all": "all of it",
}
# More points than a line has pixels say nothing; 30 days by the hour are 720.
MOST_WINDOWS = 750
_USUAL = {
    "5 minutes": "24h",
    "event": "7d",
    "hour": "7d",
    "week": "1y",
    "month": "all",
    "quarter": "all",
}
# Events have no grid; drawn one by one as far as this many seconds apart would fit.
_EVENT_STEP_S = 900


@dataclass(frozen=True)
class Span:
    """The windows that end after `since` and at or before `until`, of the length `grain`.

    `is_cut`: windows of this length are too many for the stretch asked for; these are the newest.
    """

    since: datetime
    until: datetime
    grain: str
    is_cut: bool = False

    @property
    def length(self) -> timedelta:
        """From since to until."""
        return self.until - self.since


def usual_range(metric: Metric) -> str:
    """Return the range that shows a metric best: a day of minutes, all of the months."""
    return _USUAL.get(metric.headline_grain, "90d")


def step(name: str) -> timedelta:
    """Return how far apart windows of a grain are; a month and a quarter at their longest."""
    found = grain(name)
    return timedelta(seconds=found.step_s if found else _EVENT_STEP_S)


def finest_first(grains: Iterable[str]) -> list[str]:
    """Sort grains by how far apart their windows are, then by how much data neighbours share."""
    return sorted(grains, key=lambda name: (step(name), _overlap(name)))


def suited_grain(
    metric: Metric, grains: Sequence[str], length: timedelta, *, first: str | None = None
) -> str:
    """Return the finest grain whose windows fit, one that is judged before one that is not.

    Of several as fine it is `first`: what the value above the chart was judged on.
    """
    known = list(grains) or list(metric.grains)
    fitting = [name for name in known if length / step(name) <= MOST_WINDOWS]
    judged = [name for name in fitting if name in metric.grains]
    if pool := judged or fitting:
        return min(pool, key=lambda name: (step(name), name != first, _place(metric, name)))
    return max(known, key=step)


def spanned(since: datetime, until: datetime, grain_name: str) -> Span:
    """Return a span of at most so many windows, the newest where there are more."""
    longest = step(grain_name) * MOST_WINDOWS
    # Events are as many as happened, and seldom: they are not cut.
    if grain(grain_name) is not None and until - since > longest:
        return Span(until - longest, until, grain_name, is_cut=True)
    return Span(since, until, grain_name)


def _overlap(name: str) -> int:
    found = grain(name)
    return found.overlap if found else 1


def _place(metric: Metric, name: str) -> int:
    return metric.grains.index(name) if name in metric.grains else len(metric.grains)
