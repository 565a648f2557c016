"""Loading: each kind of fault is found, with its file and key, and all of them at once."""

from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.errors import CatalogError
from tests.unit.catalog.conftest import Change

LATENCY = "system_metrics.model_orchestration.inference_latency"


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says"),
    [
        pytest.param(
            "metrics.yaml",
            'target: "<50ms"',
            'target: "<50"',
            f"{LATENCY}.target",
            "'<50' has no unit; expected one of ns, us, ms",
            id="no unit",
        ),
        pytest.param(
            "metrics.yaml",
            "for: 2 evaluations",
            "fors: 2 evaluations",
            f"{LATENCY}.decided.fors",
            "did you mean 'for'?",
            id="misspelt key",
        ),
        pytest.param(
            "metrics.yaml",
            "for: 2 evaluations",
            "fors: 2 evaluations",
            f"{LATENCY}.decided.for",
            "found nothing",
            id="missing key",
        ),
        pytest.param(
            "metrics.yaml",
            "unit: ms",
            "unit: s",
            f"{LATENCY}.decided.unit",
            "expected ms, the unit of the target",
            id="another unit than the target's",
        ),
        pytest.param(
            "metrics.yaml",
            'alert_threshold: "100ms"',
            'alert_threshold: "1s"',
            f"{LATENCY}.alert_threshold",
            "the unit of the target '<50ms'",
            id="threshold in another unit",
        ),
        pytest.param(
            "metrics.yaml",
            'alert_threshold: "100ms"',
            'alert_threshold: "50ms"',
            f"{LATENCY}.alert_threshold",
            "to tell which way is better",
            id="threshold equal to the target",
        ),
        pytest.param(
            "metrics.yaml",
            'target: "<50ms"',
            'target: ">50ms"',
            f"{LATENCY}.target",
            "expected <, as the threshold is '100ms'",
            id="operator against the direction",
        ),
        pytest.param(
            "metrics.yaml",
            "entities: [requests, request_windows, accesses]",
            "entities: [request]",
            f"{LATENCY}.decided.entities",
            "did you mean 'requests'?",
            id="unknown table",
        ),
        pytest.param(
            "metrics.yaml",
            "judged_on: [5 minutes]",
            "judged_on: [6 minutes]",
            f"{LATENCY}.decided.judged_on",
            "did you mean '5 minutes'?",
            id="unknown grain",
        ),
        pytest.param(
            "metrics.yaml",
            "breached: critical",
            "breached: fatal",
            f"{LATENCY}.decided.severity.breached",
            "expected one of critical, warning, information",
            id="unknown severity",
        ),
        pytest.param(
            "metrics.yaml",
            "panels: {executive: System health, technical",
            "panels: {executive: Health, technical",
            f"{LATENCY}.decided.panels.executive",
            "expected one of Business growth, System health",
            id="unknown panel",
        ),
        pytest.param(
            "metrics.yaml",
            "aliases: [latency, response_time]",
            "aliases: [latency, throughput, response_time]",
            f"{LATENCY}.decided.aliases",
            "expected no other metric's own name",
            id="alias that is a metric",
        ),
        pytest.param(
            "metrics.yaml",
            "stale_after: 1 hour",
            "stale_after: Permanent",
            f"{LATENCY}.decided.stale_after",
            "'Permanent' is not a duration with an end",
            id="endless limit",
        ),
        pytest.param(
            "metrics.yaml",
            "features: []",
            "features: [smart_compose]",
            "business_metrics.customer.feature_adoption.decided.features[0]",
            "{name: …, released_on: 2026-09-01}",
            id="feature without a date",
        ),
        pytest.param(
            "metrics.yaml",
            "    throughput:",
            "    inference_latency:",
            "line 29",
            "'inference_latency' twice",
            id="one key twice",
        ),
        pytest.param(
            "collection.yaml",
            "store: performance",
            "store: performances",
            "automated_collection.performance_data.decided.store",
            "did you mean 'performance'?",
            id="unknown store",
        ),
        pytest.param(
            "collection.yaml",
            "entities: [requests, request_windows]",
            "entities: [requests, request_windows, probes]",
            "automated_collection.performance_data.decided.entities",
            "found 'probes', which system_logs has",
            id="one table at two sources",
        ),
        pytest.param(
            "collection.yaml",
            'frequency: "1-minute intervals"',
            'frequency: "often"',
            "automated_collection.performance_data.frequency",
            "'often' is no cadence",
            id="unknown cadence",
        ),
        pytest.param(
            "analysis.yaml",
            '["latency", "throughput", "errors"]',
            '["latencies", "throughput", "errors"]',
            "analysis_methods.trending.short_term.metrics",
            "did you mean 'latency'?",
            id="word that names no metric",
        ),
        pytest.param(
            "analysis.yaml",
            '["uptime", "satisfaction"]',
            '["uptime"]',
            "analysis_methods.correlation.business_impact.metrics",
            "expected two metrics",
            id="correlation of one",
        ),
        pytest.param(
            "analysis.yaml",
            "latency: [daily p95]",
            "latency: [daily p59]",
            "predictive_models.performance_forecasting.decided.series.latency",
            "did you mean 'daily p95'?",
            id="daily series that nobody knows",
        ),
        pytest.param(
            "analysis.yaml",
            "latency: [daily p95]",
            "latency: [daily mean]",
            "predictive_models.performance_forecasting.decided.series.latency",
            "found 'daily mean' of inference_latency; expected a metric whose statistic is no",
            id="daily series that the metric is not",
        ),
        pytest.param(
            "analysis.yaml",
            "growth_rate: [daily form]",
            "growth_rate: []",
            "predictive_models.capacity_planning.decided.series.growth_rate",
            "expected one or more of daily peak, daily mean",
            id="forecast of nothing",
        ),
        pytest.param(
            "reporting.yaml",
            "- Error rates",
            "- Error rate",
            "dashboards.technical.metrics",
            "found 'Error rate', which shows nothing",
            id="panel without a metric",
        ),
        pytest.param(
            "alerts.yaml",
            'escalation: "15 minutes"',
            'escalation: "soon"',
            "alert_framework.critical.escalation",
            "'soon' is no duration",
            id="unknown duration",
        ),
        pytest.param(
            "alerts.yaml",
            "ladder: [owner]",
            "ladder: []",
            "alert_framework.information.decided.ladder",
            "expected at least one who is told",
            id="nobody to tell",
        ),
        pytest.param(
            "alerts.yaml",
            "digest_channels: [Email]",
            "digest_channels: [Mail]",
            "alert_framework.information.decided.digest_channels",
            "did you mean 'Email'?",
            id="digest on a channel it has not",
        ),
        pytest.param(
            "alerts.yaml",
            'digest_at: "07:00"',
            "digest_at: seven",
            "alert_framework.information.decided.digest_at",
            "'seven' is no time of day",
            id="no time of day",
        ),
        pytest.param(
            "alerts.yaml",
            "      digest_channels: [Email]\n",
            "",
            "alert_framework.information.decided.digest_at",
            "digest_channels and digest_at together",
            id="half a digest",
        ),
        pytest.param(
            "alerts.yaml",
            "update_every: 5 minutes",
            "update_every: None",
            "alert_framework.critical.decided.update_every",
            "'None' is not a duration with an end",
            id="endless update",
        ),
        pytest.param(
            "alerts.yaml",
            "group_by: [metric]",
            "group_by: [metrics]",
            "alert_framework.decided.group_by",
            "did you mean 'metric'?",
            id="unknown grouping",
        ),
        pytest.param(
            "alerts.yaml",
            "cause: {metric: uptime,",
            "cause: {metric: uptimes,",
            "alert_framework.decided.inhibit.component_down.cause.metric",
            "did you mean 'uptime'?",
            id="inhibition of no metric",
        ),
        pytest.param(
            "alerts.yaml",
            "domain: model_orchestration",
            "domain: model_orchestra",
            "alert_framework.decided.inhibit.component_down.effect.domain",
            "did you mean 'model_orchestration'?",
            id="inhibition of no domain",
        ),
        pytest.param(
            "alerts.yaml",
            "equal: [feed]",
            "equal: [feeds]",
            "alert_framework.decided.inhibit.silent_source.equal",
            "did you mean 'feed'?",
            id="equal in nothing",
        ),
        pytest.param(
            "alerts.yaml",
            "      run_success:",
            "      uptime:",
            "alert_framework.decided.own.uptime",
            "a metric of that name",
            id="signal named as a metric",
        ),
        pytest.param(
            "alerts.yaml",
            "severity: {breached: critical, off_target: warning}\n        owner: data_team",
            "severity: {breached: fatal}\n        owner: data_team",
            "alert_framework.decided.own.source_freshness.severity.breached",
            "expected one of critical",
            id="signal of no severity",
        ),
        pytest.param(
            "metrics.yaml",
            "recovers_at: 88%",
            "recovers_at: 88 ms",
            "system_metrics.infrastructure.resource_utilization.decided.recovers_at",
            "the unit of the threshold '90%'",
            id="recovery in another unit",
        ),
        pytest.param(
            "metrics.yaml",
            "recovers_at: 88%",
            "recovers_at: 92%",
            "system_metrics.infrastructure.resource_utilization.decided.recovers_at",
            "between the threshold '90%' and the target '80%'",
            id="recovery that is a breach",
        ),
        pytest.param(
            "metrics.yaml",
            "recovers_at: 88%",
            'recovers_at: "<88%"',
            "system_metrics.infrastructure.resource_utilization.decided.recovers_at",
            "no operator",
            id="recovery with an operator",
        ),
        pytest.param(
            "metrics.yaml",
            "recovers_at: 88%",
            "runbook: ../secret",
            "system_metrics.infrastructure.resource_utilization.decided.runbook",
            "a path below docs/",
            id="runbook elsewhere",
        ),
        pytest.param(
            "metrics.yaml",
            "recovers_at: 88%",
            "keep_firing_for: None",
            "system_metrics.infrastructure.resource_utilization.decided.keep_firing_for",
            "'None' is not a duration with an end",
            id="kept for ever",
        ),
        pytest.param(
            "actions.yaml",
            'trigger: "Latency > 100ms"',
            'trigger: "Latency > 200ms"',
            "response_protocols.performance_degradation.trigger",
            "expected '> 100ms', the breach of inference_latency",
            id="trigger that is not the threshold",
        ),
        pytest.param(
            "actions.yaml",
            'trigger: "Latency > 100ms"',
            'trigger: "Slowness > 100ms"',
            "response_protocols.performance_degradation.trigger",
            "found 'Slowness'; expected one of",
            id="trigger of no metric",
        ),
        pytest.param(
            "actions.yaml",
            "metric: user_adoption",
            "metric: retention",
            "response_protocols.business_metrics.decided.metric",
            "expected one of user_adoption, revenue",
            id="trigger bound to a metric its word does not name",
        ),
        pytest.param(
            "actions.yaml",
            "Scale resources:",
            "Scale resource:",
            "response_protocols.performance_degradation.decided.bindings.Scale resources",
            "expected a mapping",
            id="action without a binding",
        ),
    ],
)
def test_a_fault_names_file_key_found_and_expected(
    folder: Path, change: Change, *, file: str, old: str, new: str, key: str, says: str
) -> None:
    change(file, old, new)
    with pytest.raises(CatalogError) as refused:
        load_catalog(folder)
    lines = str(refused.value).splitlines()
    assert [line for line in lines if line.startswith(f"{file}: {key}: ") and says in line], lines


def test_every_fault_of_every_file_is_reported_at_once(folder: Path, change: Change) -> None:
    change("metrics.yaml", '"<50ms"', '"<50"')
    change("metrics.yaml", '"1000 req/s"', '"1000 rps"')
    change("collection.yaml", '"90 days"', '"90"')
    change("alerts.yaml", "rank: 3", "rank: high")
    (folder / "actions.yaml").unlink()
    with pytest.raises(CatalogError) as refused:
        load_catalog(folder)
    assert [(fault.file, fault.key) for fault in refused.value.faults] == [
        ("actions.yaml", "the file"),
        ("collection.yaml", "automated_collection.system_logs.retention"),
        ("alerts.yaml", "alert_framework.critical.decided.rank"),
        ("metrics.yaml", f"{LATENCY}.target"),
        ("metrics.yaml", "system_metrics.model_orchestration.throughput.target"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a: [1", "no YAML", id="broken"),
        pytest.param("[" * 100_000, "no YAML", id="nested without end"),
        pytest.param("- 1", "found [1]; expected a mapping", id="a list"),
        pytest.param("", "found nothing; expected a mapping", id="empty"),
    ],
)
def test_a_file_that_is_no_mapping_is_one_fault(folder: Path, text: str, says: str) -> None:
    (folder / "actions.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        load_catalog(folder)
    assert len(refused.value.faults) == 1
    assert says in str(refused.value)


def test_a_subject_may_have_a_target_of_its_own(folder: Path, change: Change) -> None:
    own = '{batch: {target: "<500ms", alert_threshold: "1000ms", severity: {breached: warning}}}'
    change("metrics.yaml", "panels: {executive", f"subjects: {own}\n        panels: {{executive")
    batch = load_catalog(folder).metric("inference_latency").subjects["batch"]
    assert (str(batch.target), str(batch.threshold)) == ("<500ms", "1000ms")
    assert (batch.severity_breached, batch.severity_off_target) == ("warning", None)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        pytest.param('{target: "<2s"}', "the unit of the metric's target", id="unit"),
        pytest.param('{target: "<200ms"}', "same side of its threshold", id="side"),
        pytest.param('{alert_threshold: ">90ms"}', "without operator", id="operator"),
        pytest.param('{target: ">60ms"}', "a target with <", id="direction"),
    ],
)
def test_a_subjects_target_must_fit_the_metric(
    folder: Path, change: Change, own: str, says: str
) -> None:
    subjects = f"subjects: {{batch: {own}}}"
    change("metrics.yaml", "panels: {executive", f"{subjects}\n        panels: {{executive")
    with pytest.raises(CatalogError, match=says) as refused:
        load_catalog(folder)
    assert refused.value.faults[0].key.startswith(f"{LATENCY}.decided.subjects.batch.")


def test_features_carry_their_release_date(folder: Path, change: Change) -> None:
    change("metrics.yaml", "features: []", "features: [{name: compose, released_on: 2026-09-01}]")
    (feature,) = load_catalog(folder).metric("feature_adoption").features
    assert (feature.name, feature.released_on.isoformat()) == ("compose", "2026-09-01")


def test_a_metric_may_say_when_its_breach_is_over_and_what_to_do(
    folder: Path, change: Change
) -> None:
    ways = (
        "recovers_at: 0.09s\n        keep_firing_for: 5 minutes\n        runbook: docs/latency.md"
    )
    change("metrics.yaml", "owner: ml_platform", f"owner: ml_platform\n        {ways}")
    metric = load_catalog(folder).metric("inference_latency")
    assert (str(metric.recovers_at), str(metric.keep_firing_for), metric.runbook) == (
        "0.09s",
        "5 minutes",
        "docs/latency.md",
    )
