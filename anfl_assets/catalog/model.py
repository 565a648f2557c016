"""A metric of §1 and the whole catalog, as frozen types, and how a name finds its metric.

The types of §2-§5 are in `sections.py`; reading and checking is `loader.py`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from anfl_assets.catalog.alerting import AlertRules, Severity
from anfl_assets.catalog.duration import Cadence, Duration, Hold
from anfl_assets.catalog.entry import nearest_to
from anfl_assets.catalog.quantity import Operator, Quantity, Unit
from anfl_assets.catalog.reach import Reach
from anfl_assets.catalog.sections import (
    Correlation,
    Dashboard,
    Forecast,
    Phase,
    PipelineStep,
    Protocol,
    Source,
    Trend,
)
from anfl_assets.errors import UnknownMetric

__all__ = [
    "GRAINS",
    "Catalog",
    "Correlation",
    "Dashboard",
    "Direction",
    "Feature",
    "Forecast",
    "Metric",
    "Phase",
    "PipelineStep",
    "Protocol",
    "Severity",
    "Source",
    "SubjectTarget",
    "Trend",
    "direction",
    "names",
    "resolve",
]

Direction = Literal["lower_is_better", "higher_is_better"]

GRAINS = ("5 minutes", "hour", "day", "week", "month", "quarter", "30 days", "event")


@dataclass(frozen=True)
class Feature:
    """A feature of the product and the day it was released."""

    name: str
    released_on: date


@dataclass(frozen=True)
class SubjectTarget:
    """A target, threshold or severity of one subject; None leaves the metric's own."""

    subject: str
    target: Quantity | None = None
    threshold: Quantity | None = None
    severity_breached: str | None = None
    severity_off_target: str | None = None


@dataclass(frozen=True)
class Metric:
    """One metric of §1: what it is, what is wanted of it and how it is judged.

    `recovers_at` is how good a breach must be again to be over (None: the threshold itself),
    `keep_firing_for` for how long. `runbook` is an address, or a path below `docs/`.
    """

    metric_id: str
    section: str
    domain: str
    description: str
    target: Quantity
    threshold: Quantity
    collection: Cadence
    aliases: tuple[str, ...]
    statistic: str
    numerator: str | None
    denominator: str | None
    unit: Unit
    grains: tuple[str, ...]
    entities: tuple[str, ...]
    reach: tuple[Reach, ...]
    hold: Hold
    severity_breached: str
    severity_off_target: str
    owner: str
    stale_after: Duration
    has_parts: bool
    subjects: Mapping[str, SubjectTarget]
    features: tuple[Feature, ...]
    panels: Mapping[str, str]
    recovers_at: Quantity | None = None
    keep_firing_for: Duration | None = None
    runbook: str | None = None

    @property
    def direction(self) -> Direction:
        """Which way is better: away from the threshold, as seen from the target."""
        return direction(self.target, self.threshold)

    @property
    def target_operator(self) -> Operator:
        """How a value meets the target: as written, else met at equality."""
        return self.target.operator or self.operator_at_equality

    @property
    def operator_at_equality(self) -> Operator:
        """How a value meets a target that is written without an operator."""
        return "<=" if self.direction == "lower_is_better" else ">="

    @property
    def headline_grain(self) -> str:
        """The grain shown first."""
        return self.grains[0]

    @property
    def is_technical(self) -> bool:
        """Whether it is one of §1.1."""
        return self.section == "system_metrics"

    @property
    def model(self) -> str:
        """Name of the dbt model that defines it."""
        return f"int_{self.domain}__{self.metric_id}"


@dataclass(frozen=True)
class Catalog:
    """The whole specification, read and checked."""

    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]
    pipeline: tuple[PipelineStep, ...]
    trends: Mapping[str, Trend]
    correlations: Mapping[str, Correlation]
    forecasts: Mapping[str, Forecast]
    dashboards: Mapping[str, Dashboard]
    severities: Mapping[str, Severity]
    alert_rules: AlertRules
    protocols: Mapping[str, Protocol]
    cycle: tuple[Phase, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric id and alias."""
        return names(self.metrics)

    def metric(self, name: str) -> Metric:
        """Return the one metric of that id or alias.

        Raises:
            UnknownMetric: no metric has the name, or an alias names several.
        """
        found = self.resolve(name)
        if len(found) > 1:
            ids = ", ".join(metric.metric_id for metric in found)
            message = f"{name!r} names several metrics; expected one of {ids}"
            raise UnknownMetric(message)
        return found[0]

    def resolve(self, alias: str) -> tuple[Metric, ...]:
        """Return every metric of that id or alias, in the catalog's order.

        Raises:
            UnknownMetric: no metric has the name; the message names the nearest.
        """
        found = resolve(self.metrics, alias)
        if not found:
            nearest = nearest_to(alias, self.names)
            hint = f"did you mean {nearest!r}?" if nearest else f"known: {', '.join(self.names)}"
            message = f"no metric is called {alias!r}; {hint}"
            raise UnknownMetric(message)
        return found


def direction(target: Quantity, threshold: Quantity) -> Direction:
    """Say which way is better, given a target and the threshold on its worse side."""
    return "lower_is_better" if threshold.value > target.value else "higher_is_better"


def names(metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """List every metric id and alias once."""
    aliases = (alias for metric in metrics.values() for alias in metric.aliases)
    return tuple(dict.fromkeys((*metrics, *aliases)))


def resolve(metrics: Mapping[str, Metric], alias: str) -> tuple[Metric, ...]:
    """Return the metrics of that id, else of that alias; none where nobody has the name."""
    word = alias.strip().lower().replace(" ", "_").replace("-", "_")
    if word in metrics:
        return (metrics[word],)
    return tuple(metric for metric in metrics.values() if word in metric.aliases)
