"""What proves which line: the one place where lines and checks are bound.

A pattern is the line's keys with `*` for any one of them; an item of a list has its text as last
key. The first that fits counts. A line that none fits is missing: nothing is ever ok unchecked.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from anfl_assets.report.conform import (
    alerting,
    analysis,
    declared,
    forecasts,
    measures,
    metrics,
    pipeline,
    sources,
)
from anfl_assets.report.conform.declared import Check, unbuilt
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding
from anfl_assets.report.conform.lines import Line

CHECKS: tuple[tuple[str, Check], ...] = (
    # §1
    ("*_metrics.*.*.description", metrics.definition),
    ("*_metrics.*.*.target", metrics.target),
    ("*_metrics.*.*.alert_threshold", metrics.threshold),
    ("*_metrics.*.*.collection", metrics.collection),
    # §2
    ("*_collection.*.source", sources.origin),
    ("*_collection.*.frequency", sources.frequency),
    ("*_collection.*.storage", sources.storage),
    ("*_collection.*.retention", sources.retention),
    ("processing_pipeline.real_time.Data validation", pipeline.validation),
    ("processing_pipeline.real_time.Metric calculation", pipeline.calculation),
    ("processing_pipeline.real_time.Alert generation", alerting.generation),
    ("processing_pipeline.batch.Long-term storage", pipeline.long_term_storage),
    ("processing_pipeline.batch.Trend analysis", analysis.trend_analysis),
    ("processing_pipeline.*.*", unbuilt(declared.pipeline_step)),
    # §3
    ("analysis_methods.*.*.metrics.*", analysis.metrics_of_word),
    ("analysis_methods.*.*.window", analysis.window),
    ("analysis_methods.*.*.granularity", analysis.granularity),
    ("predictive_models.*.metrics.*", forecasts.series_of_word),
    ("predictive_models.*.horizon", forecasts.horizon),
    ("predictive_models.*.update_frequency", forecasts.update_frequency),
    # §4
    ("dashboards.*.update_frequency", unbuilt(declared.as_written)),
    ("dashboards.operational.metrics.*", measures.panel),
    ("dashboards.*.metrics.*", unbuilt(declared.panel)),
    ("alert_framework.*.channels.*", alerting.channel),
    ("alert_framework.*.response_time", alerting.response_time),
    ("alert_framework.*.escalation", alerting.escalation),
    # §5
    ("response_protocols.*.trigger", unbuilt(declared.trigger)),
    ("response_protocols.*.actions.*", unbuilt(declared.action)),
    ("optimization_cycle.*.*", unbuilt(declared.cycle_step)),
)


def check_of(line: Line) -> Check:
    """Return the check of a line; one that finds it missing where none is declared."""
    return next((check for pattern, check in CHECKS if fits(pattern, line)), _unknown)


def fits(pattern: str, line: Line) -> bool:
    """Say whether a pattern has as many keys as the line and each of them fits."""
    wanted = pattern.split(".")
    return len(wanted) == len(line.key) and all(map(fnmatchcase, line.key, wanted))


def _unknown(line: Line, _: Evidence) -> Finding:
    return Finding("missing", f"declared: {line.value}", f"{NOTHING} no check knows this line")
