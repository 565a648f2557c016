"""What the catalog says: names, directions, and how §3-§5 are bound to metrics."""

import subprocess
import sys

import pytest

from anfl_assets.catalog import Catalog, load_catalog, parse_subject_target
from anfl_assets.errors import BadQuantity, UnknownMetric


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("alias", "metric_ids"),
    [
        ("latency", ["inference_latency"]),
        ("response_time", ["inference_latency"]),
        ("Latency", ["inference_latency"]),
        ("throughput", ["throughput"]),
        ("errors", ["error_rate"]),
        ("growth", ["user_adoption", "revenue"]),
        ("growth_rate", ["user_adoption"]),
        ("adoption", ["feature_adoption"]),
        ("efficiency", ["resource_utilization", "scaling_efficiency"]),
        ("resource_usage", ["resource_utilization"]),
        ("uptime", ["uptime"]),
        ("satisfaction", ["satisfaction"]),
    ],
)
def test_an_alias_names_one_metric_or_several(
    catalog: Catalog, alias: str, metric_ids: list[str]
) -> None:
    assert [metric.metric_id for metric in catalog.resolve(alias)] == metric_ids


def test_an_unknown_alias_names_the_nearest_metric(catalog: Catalog) -> None:
    with pytest.raises(UnknownMetric, match="'latncy'; did you mean 'latency'"):
        catalog.metric("latncy")


def test_a_name_like_no_other_lists_what_is_known(catalog: Catalog) -> None:
    with pytest.raises(UnknownMetric, match="known: inference_latency, throughput"):
        catalog.resolve("zzz")


def test_an_alias_of_several_is_no_single_metric(catalog: Catalog) -> None:
    with pytest.raises(UnknownMetric, match="one of user_adoption, revenue"):
        catalog.metric("growth")


def test_direction_follows_from_threshold_against_target(catalog: Catalog) -> None:
    lower = [m.metric_id for m in catalog.metrics.values() if m.direction == "lower_is_better"]
    assert lower == [
        "inference_latency",
        "error_rate",
        "resource_utilization",
        "scaling_efficiency",
    ]


@pytest.mark.parametrize(
    ("metric_id", "operator"),
    [
        ("inference_latency", "<"),
        ("throughput", ">="),
        ("resource_utilization", "<="),
        ("satisfaction", ">"),
    ],
)
def test_a_target_without_operator_is_met_at_equality(
    catalog: Catalog, metric_id: str, operator: str
) -> None:
    assert catalog.metric(metric_id).target_operator == operator


def test_technical_metrics_breach_as_critical_and_business_metrics_as_warning(
    catalog: Catalog,
) -> None:
    found = {
        (m.is_technical, m.severity_breached, m.severity_off_target)
        for m in catalog.metrics.values()
    }
    assert found == {(True, "critical", "warning"), (False, "warning", "information")}


def test_a_metric_is_silent_for_as_long_as_its_grain_allows(catalog: Catalog) -> None:
    assert {m.metric_id: str(m.stale_after) for m in catalog.metrics.values()} == {
        "inference_latency": "1 hour",
        "throughput": "1 hour",
        "error_rate": "1 hour",
        "uptime": "2 days",
        "resource_utilization": "1 hour",
        "scaling_efficiency": "90 days",
        "user_adoption": "2 months",
        "revenue": "2 months",
        "market_share": "2 quarters",
        "satisfaction": "2 days",
        "retention": "2 months",
        "feature_adoption": "2 weeks",
    }


def test_triggers_are_bound_to_a_metric_and_its_breach(catalog: Catalog) -> None:
    latency = catalog.protocols["performance_degradation"].trigger
    growth = catalog.protocols["business_metrics"].trigger
    assert (latency.metric_id, latency.operator, str(latency.quantity)) == (
        "inference_latency",
        ">",
        "100ms",
    )
    assert (growth.metric_id, growth.operator, str(growth.quantity)) == (
        "user_adoption",
        "<",
        "10% MoM",
    )


def test_trends_correlations_and_forecasts_resolve_their_words(catalog: Catalog) -> None:
    assert catalog.trends["long_term"].metric_ids == (
        "user_adoption",
        "revenue",
        "feature_adoption",
        "resource_utilization",
        "scaling_efficiency",
    )
    assert catalog.correlations["performance_impact"].pairs == (
        ("resource_utilization", "inference_latency"),
    )
    assert catalog.forecasts["capacity_planning"].metric_ids == (
        "resource_utilization",
        "user_adoption",
    )


def test_every_metric_stands_on_a_panel(catalog: Catalog) -> None:
    shown = {
        each
        for dashboard in catalog.dashboards.values()
        for ids in dashboard.panels.values()
        for each in ids
    }
    assert set(catalog.metrics) <= shown
    assert catalog.dashboards["operational"].panels == {
        "Team productivity": ("team_productivity",),
        "Process efficiency": ("process_efficiency",),
        "Resource allocation": ("resource_allocation",),
    }


def test_the_timers_of_the_ladder_are_the_specifications(catalog: Catalog) -> None:
    timers = {
        s.name: (s.response_time.seconds, s.escalation.seconds) for s in catalog.severities.values()
    }
    assert timers == {
        "critical": (300, 900),
        "warning": (3600, 14400),
        "information": (86400, None),
    }


def test_an_organisation_may_set_a_subjects_target(catalog: Catalog) -> None:
    latency = catalog.metric("latency")
    own = parse_subject_target(latency, "batch", target="<500ms", threshold="1000ms")
    assert (str(own.target), str(own.threshold)) == ("<500ms", "1000ms")
    with pytest.raises(BadQuantity, match="same side of its threshold"):
        parse_subject_target(latency, "batch", target="<500ms", threshold=None)


def test_the_catalog_is_read_without_the_libraries_of_the_lake() -> None:
    program = (
        "import sys; from anfl_assets.catalog import load_catalog; load_catalog();"
        "print(sorted({'polars', 'pyarrow', 'duckdb', 'dagster'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
