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
class Evidence:
    """Everything a check may look at; `tables` are canonical, `marts` those of the build."""

    catalog: Catalog
    schedules: tuple[Schedule, ...] = ()
    build: BuildFacts | None = None
    metrics: Mapping[str, MetricFacts] = field(default_factory=dict)
    tables: Mapping[str, TableFacts] = field(default_factory=dict)
    marts: Mapping[str, TableFacts] = field(default_factory=dict)
    loads: Mapping[str, LoadFacts] = field(default_factory=dict)
    suites: SuiteFacts | None = None
    live: tuple[LiveFacts, ...] = ()
