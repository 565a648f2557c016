"""What stands in a digest: values and words, without any form. Times are UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.forecasts import ForecastDay, VintageRow
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.report.trends import TrendRow


@dataclass(frozen=True)
class IncidentTold:
    """One incident of the last day: what it is about and how long people took.

    `metric_ids` are what is wrong in it. Moments after the digest's own are not known to it.
    """

    incident_id: int
    severity: str
    what: str
    more: int
    metric_ids: tuple[str, ...]
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Tile:
    """One metric: the row that stands for it, its parts worst first, and how each reads.

    `course` has the ends of recent windows and their values. `is_stale`: its newest window is older
    than the catalog lets it be.
    """

    metric_id: str
    title: str
    description: str
    row: BoardRow
    parts: tuple[BoardRow, ...]
    value: str
    target: str
    threshold: str
    change: str
    window: str
    fresh: str
    is_stale: bool
    parts_line: str
    course: Sequence[tuple[datetime, float | None]] = field(default=(), repr=False)


@dataclass(frozen=True)
class PanelTold:
    """A panel of §4.1 and its metrics."""

    title: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Driver:
    """What brought the largest change: the metric, from when to when, and its parts."""

    metric_id: str
    title: str
    line: str
    parts: tuple[ContributionRow, ...]


@dataclass(frozen=True)
class ForecastsTold:
    """What forecasts say of the days to come.

    `foretold` are the crossings that may be relied on, the soonest first, `more` how many are not
    listed; `days` are those of the ones that are drawn. Of `total` series `distrusted` were not
    forecastable, `refused` had too little history, and the forecast of `stale` ones is too old.
    """

    foretold: tuple[VintageRow, ...]
    more: int
    days: Mapping[str, Sequence[ForecastDay]] = field(repr=False)
    total: int
    distrusted: int
    refused: int
    stale: int


@dataclass(frozen=True)
class Digest:
    """A whole digest.

    `made_at` is the moment it speaks for, `data_at` the end of its newest window: None where there
    is no data. `notices` are what a reader must know first (simulated data, overdue sources).
    `incidents` is None where alerting has never run, `trends` where none were computed of the
    build for that moment, `forecasts` where none had been made by then, `driver` where no change
    could be split.
    """

    first_line: str
    made_at: datetime
    data_at: datetime | None
    age_line: str | None
    counts: Mapping[str, int]
    panels: tuple[PanelTold, ...]
    incidents: tuple[IncidentTold, ...] | None
    trends: tuple[TrendRow, ...] | None
    forecasts: ForecastsTold | None
    driver: Driver | None
    notices: tuple[str, ...]
    build_id: str
    is_simulated: bool
    organisation: str
