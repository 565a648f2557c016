"""The catalog as dbt seeds: what a metric is, on which grains it is judged, whose targets differ.

Pure functions from a catalog to CSV text. Numbers are in the metric's own unit. Which file holds
what, and whether the committed copies are up to date, is `derived.py`'s business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from anfl_assets.catalog.model import Catalog, Metric, SubjectTarget

# Column: (type in the warehouse, description ending in the unit). A seed without rows has no types
# of its own, so they are declared for every column.
METRIC_COLUMNS: Mapping[str, tuple[str, str]] = {
    "metric_id": ("varchar", "Which metric (id)"),
    "section": ("varchar", "The specification's block it stands in (name)"),
    "domain": ("varchar", "The specification's group it stands in (name)"),
    "description": ("varchar", "The specification's own words (text)"),
    "statistic": ("varchar", "How observations become one value (text)"),
    "unit": ("varchar", "Unit of its values, target and threshold (symbol)"),
    "direction": ("varchar", "lower_is_better or higher_is_better (word)"),
    "target_text": ("varchar", "The target as the specification writes it (text)"),
    "target_value": ("double", "The target (unit of the metric)"),
    "target_operator": ("varchar", "How a value meets the target (<, <=, > or >=)"),
    "threshold_text": ("varchar", "The alert threshold as the specification writes it (text)"),
    "threshold_value": ("double", "The alert threshold, breached beyond it (unit of the metric)"),
    "collection": ("varchar", "How often it is collected (cadence)"),
    "severity_breached": ("varchar", "Severity of a breach (name)"),
    "severity_off_target": ("varchar", "Severity between target and threshold (name)"),
    "owner": ("varchar", "Who answers for it (role)"),
    "headline_grain": ("varchar", "The grain shown first (grain)"),
    "has_parts": ("boolean", "Whether `all` is shown but not alerted (true or false)"),
    "stale_after_s": ("bigint", "Silence of a subject after which it has no data (s)"),
    "entities": ("varchar", "Canonical tables it is computed from, a blank between them (names)"),
}
GRAIN_COLUMNS: Mapping[str, tuple[str, str]] = {
    "metric_id": ("varchar", "Which metric (id)"),
    "grain": ("varchar", "A grain it is judged on (grain)"),
    "is_headline": ("boolean", "Whether this grain is shown first (true or false)"),
}
TARGET_COLUMNS: Mapping[str, tuple[str, str]] = {
    "metric_id": ("varchar", "Which metric (id)"),
    "subject": ("varchar", "Whose target and threshold these are (name)"),
    "target_value": ("double", "The subject's target (unit of the metric)"),
    "target_operator": ("varchar", "How a value meets the target (<, <=, > or >=)"),
    "threshold_value": ("double", "The subject's alert threshold (unit of the metric)"),
}


def metric_seed(catalog: Catalog) -> str:
    """Write `metric_catalog.csv`: one row per metric."""
    return _csv(METRIC_COLUMNS, (_metric_row(metric) for metric in catalog.metrics.values()))


def grain_seed(catalog: Catalog) -> str:
    """Write `metric_grain_catalog.csv`: one row per metric and grain it is judged on."""
    rows = (
        (metric.metric_id, grain, _flag(grain == metric.headline_grain))
        for metric in catalog.metrics.values()
        for grain in metric.grains
    )
    return _csv(GRAIN_COLUMNS, rows)


def target_seed(catalog: Catalog) -> str:
    """Write `metric_target_catalog.csv`: one row per subject with a target of its own."""
    rows = (
        _target_row(metric, subject)
        for metric in catalog.metrics.values()
        for subject in metric.subjects.values()
        if subject.target or subject.threshold
    )
    return _csv(TARGET_COLUMNS, rows)


def _metric_row(metric: Metric) -> tuple[str, ...]:
    return (
        metric.metric_id,
        metric.section,
        metric.domain,
        metric.description,
        metric.statistic,
        metric.unit.value,
        metric.direction,
        str(metric.target),
        repr(metric.target.value),
        metric.target_operator,
        str(metric.threshold),
        repr(metric.threshold.value),
        str(metric.collection),
        metric.severity_breached,
        metric.severity_off_target,
        metric.owner,
        metric.headline_grain,
        _flag(metric.has_parts),
        str(metric.stale_after.seconds),
        " ".join(metric.entities),
    )


def _target_row(metric: Metric, subject: SubjectTarget) -> tuple[str, ...]:
    """One row; what the subject leaves open is the metric's own."""
    target = subject.target or metric.target
    threshold = subject.threshold or metric.threshold
    return (
        metric.metric_id,
        subject.subject,
        repr(target.value),
        target.operator or metric.operator_at_equality,
        repr(threshold.value),
    )


def _flag(value: object) -> str:
    return "true" if value else "false"


def _csv(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
