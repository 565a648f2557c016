"""Current values in OpenMetrics, as Prometheus and its kin scrape them.

Source: OpenMetrics 1.0 (prometheus.io/docs/specs/om/open_metrics_spec). Subjects are labels; what
has no value is left out, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.wording.looks import STATUS_LOOKS

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

    from anfl_assets.pages.reading import Reading

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def exposition(reading: Reading | None, now: datetime) -> bytes:
    """Return the current values of a build; of none, that there is none."""
    from prometheus_client.openmetrics.exposition import generate_latest

    return bytes(generate_latest(_Collected(reading, now)))  # type: ignore[no-untyped-call]


class _Collected:
    """What the exposition asks for its families; nothing is registered anywhere."""

    def __init__(self, reading: Reading | None, now: datetime) -> None:
        self.reading, self.now = reading, now

    def collect(self) -> Iterable[Family]:
        from prometheus_client.core import GaugeMetricFamily

        published = GaugeMetricFamily("anfl_published", "Whether a build has been published")
        published.add_metric([], 0.0 if self.reading is None else 1.0)
        yield published
        if self.reading is not None:
            yield _build_age(self.reading, self.now)
            yield from _values(self.reading.board, self.now)


def _build_age(reading: Reading, now: datetime) -> Family:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily("anfl_build_age_seconds", "Age of the newest build", unit="seconds")
    family.add_metric([], max((now - reading.build.finished_at).total_seconds(), 0.0))
    return family


def _values(board: Sequence[BoardRow], now: datetime) -> Iterable[Family]:
    from prometheus_client.core import GaugeMetricFamily, StateSetMetricFamily

    labels = ("metric", "subject", "grain")
    value = GaugeMetricFamily("anfl_value", "Value of the judged window", labels=(*labels, "unit"))
    target = GaugeMetricFamily("anfl_target", "Target, in the value's unit", labels=labels)
    threshold = GaugeMetricFamily("anfl_threshold", "Alert threshold, likewise", labels=labels)
    age = GaugeMetricFamily(
        "anfl_staleness_seconds", "Age of the judged window's end", labels=labels, unit="seconds"
    )
    status = StateSetMetricFamily("anfl_status", "What the judge says", labels=labels)
    for row in board:
        named = [row.metric_id, row.subject, row.grain]
        if row.value is not None:
            value.add_metric([*named, row.unit], row.value)
        target.add_metric(named, row.target)
        threshold.add_metric(named, row.threshold)
        if row.window_end_at is not None:
            age.add_metric(named, max((now - row.window_end_at).total_seconds(), 0.0))
        status.add_metric(named, {state: state == row.status for state in STATUS_LOOKS})
    return (value, target, threshold, age, status)
