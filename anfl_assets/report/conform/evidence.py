"""What is live in a data folder, as plain facts that a check of one line may look at.

Shapes only: `gather.py` fills them from ledger and lake, the command adds the schedules. A fact
that is not there is absent (an empty mapping, None), never a zero that looks like one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from anfl_assets.catalog.model import Catalog
from anfl_assets.report.conform.forecast_facts import ForecastFacts
from anfl_assets.report.conform.schedule import Schedule

NOTHING = "–"
Status = Literal["ok", "missing", "drifted"]


@dataclass(frozen=True)
class Finding:
    """What one line is: its status, how it is configured and what shows that it is live."""

    status: Status
    configuration: str
    evidence: str = NOTHING


@dataclass(frozen=True)
class BuildFacts:
    """The newest published build and the models whose SQL it ran."""

    build_id: str
    finished_at: datetime
    models: frozenset[str]


@dataclass(frozen=True)
class TableFacts:
    """One version of a lake table; `first_on` is the day of its oldest event (UTC)."""

    rows: int
    size_bytes: int
    first_on: date | None = None


@dataclass(frozen=True)
class LoadFacts:
    """What has landed in one canonical table: by which feeds, in how many files, until when."""

    feeds: tuple[str, ...]
    files: int
    accepted: int
    last_at: datetime | None


@dataclass(frozen=True)
class LiveFacts:
    """A feed that a collector asks: how often, and when it last answered."""

    feed: str
    entity: str
    every_s: float
    ok_at: datetime | None


@dataclass(frozen=True)
class SuiteFacts:
    """What the suites said of the newest landing of every feed."""

    feeds: int
    expectations: int
    broken: int
    quarantined: int
    last_at: datetime


@dataclass(frozen=True)
class MetricFacts:
    """A metric as the published build has it: what it was held to, and its windows.

    `target` and `threshold` are in the metric's unit; `off_target` counts breaches too.
    """

    description: str
    unit: str
    operator: str
    target: float
    threshold: float
    observed: int = 0
    judged: int = 0
    off_target: int = 0
    breached: int = 0
    last_end_at: datetime | None = None


@dataclass(frozen=True)
class MeasureFacts:
    """An operational measure as the published build has it: its windows and what they speak of."""

    windows: int
    subjects: int
    last_end_at: datetime | None


@dataclass(frozen=True)
class SentFacts:
    """What a channel took: messages people were told something with, and proofs that it works."""

    messages: int
    proofs: int
    last_at: datetime


@dataclass(frozen=True)
class OpenedFacts:
    """The incidents of one severity that opened with the same spans (in seconds, None for never).

    `missed` is how many nobody answered in time, `escalated` how many reached the next level.
    """

    severity: str
    response_s: float | None
    escalation_s: float | None
    opened: int
    acknowledged: int
    missed: int
    escalated: int
    last_at: datetime


@dataclass(frozen=True)
class AlertFacts:
    """The state of alerting; `own_channels` are those an organisation has configured.

    What any other channel took, the sandbox took.
    """

    evaluated_at: datetime | None = None
    firing: int = 0
    open_incidents: int = 0
    sent: Mapping[str, SentFacts] = field(default_factory=dict)
    opened: tuple[OpenedFacts, ...] = ()
    own_channels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AnalysisFacts:
    """What was computed of the newest build for one metric of a trend or correlation.

    `asked` is the name of the trend or correlation; `told` are rows with a verdict other than
    insufficient.
    """

    asked: str
    metric_id: str
    rows: int
    told: int
    window_s: float
    window_end_at: datetime


@dataclass(frozen=True)
class Evidence:
    """Everything a check may look at; `tables` are canonical, `marts` those of the build.

    `schedules` are those that collect and build; `forecast_schedules` those that forecast, by
    model.
    """

    catalog: Catalog
    schedules: tuple[Schedule, ...] = ()
    build: BuildFacts | None = None
    metrics: Mapping[str, MetricFacts] = field(default_factory=dict)
    measures: Mapping[str, MeasureFacts] = field(default_factory=dict)
    tables: Mapping[str, TableFacts] = field(default_factory=dict)
    marts: Mapping[str, TableFacts] = field(default_factory=dict)
    loads: Mapping[str, LoadFacts] = field(default_factory=dict)
    suites: SuiteFacts | None = None
    live: tuple[LiveFacts, ...] = ()
    alerts: AlertFacts | None = None
    analyses: tuple[AnalysisFacts, ...] = ()
    forecasts: tuple[ForecastFacts, ...] = ()
    forecast_schedules: Mapping[str, Schedule] = field(default_factory=dict)
