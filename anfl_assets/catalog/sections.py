"""The types of §2-§5: sources, analyses, dashboards, protocols and the cycle; §4.2: `alerting.py`.

Each keeps the specification's own words beside what they mean here: `metric_words` as written and
the `metric_ids` they resolve to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anfl_assets.catalog.duration import Cadence, Duration
from anfl_assets.catalog.quantity import Operator, Quantity

STORES = ("timeseries", "performance", "analytics", "customer", "business")
STATUSES = ("on_target", "off_target", "breached", "no_data", "insufficient")


@dataclass(frozen=True)
class Source:
    """A source of §2.1, the store its records go to and the canonical tables it fills."""

    name: str
    description: str
    frequency: Cadence
    storage: str
    retention: Duration
    is_manual: bool
    store: str
    entities: tuple[str, ...]
    expect_every: Duration


@dataclass(frozen=True)
class PipelineStep:
    """A step of §2.2 and the part of the system that performs it."""

    name: str
    mode: str
    performed_by: str


@dataclass(frozen=True)
class Trend:
    """A trend of §3.1."""

    name: str
    window: Duration
    granularity: Duration
    metric_words: tuple[str, ...]
    metric_ids: tuple[str, ...]


@dataclass(frozen=True)
class Correlation:
    """A correlation of §3.1: two words, the metrics of each, compared up to a lag."""

    name: str
    window: Duration
    granularity: Duration
    max_lag: Duration
    metric_words: tuple[str, str]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Forecast:
    """A forecast of §3.2; `series` says which daily series of each word are forecast."""

    name: str
    horizon: Duration
    update_frequency: Cadence
    metric_words: tuple[str, ...]
    metric_ids: tuple[str, ...]
    series: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Measure:
    """Something an operational panel shows without a target."""

    measure_id: str
    panel: str
    statistic: str
    entities: tuple[str, ...]


@dataclass(frozen=True)
class Dashboard:
    """A dashboard of §4.1; `panels` says which metrics and measures each panel shows."""

    name: str
    update_frequency: Cadence
    panels: Mapping[str, tuple[str, ...]]
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Trigger:
    """`Latency > 100ms`, bound to the metric it speaks of and the status that fires it."""

    text: str
    metric_id: str
    operator: Operator
    quantity: Quantity
    fires_when: str


@dataclass(frozen=True)
class Action:
    """An action of §5.1: who does it, by what, what it should change and when that is checked."""

    name: str
    owner: str
    done_by: str
    expects: str
    check_after: Duration


@dataclass(frozen=True)
class Protocol:
    """A response protocol of §5.1."""

    name: str
    trigger: Trigger
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Phase:
    """A phase of the improvement cycle of §5.2: its steps, and the field that records each."""

    name: str
    steps: Mapping[str, str]
