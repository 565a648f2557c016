"""What Dagster sees: the definitions as they are made from the catalog and the dbt project."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.assemble import assemble
from anfl_assets.defs.dbt import node_results
from anfl_assets.defs.translate import Translator
from anfl_assets.flow.build import BuildReport
from anfl_assets.flow.dbt import NodeEvent
from anfl_assets.flow.manifest import load_manifest
from anfl_assets.flow.publish import PublishedTable

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return assemble()


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> Mapping[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


@pytest.fixture(scope="module")
def manifest() -> Mapping[str, Any]:
    return load_manifest().content


def test_every_source_is_an_asset_that_must_be_collected_in_time(
    specs: Mapping[str, dg.AssetSpec],
) -> None:
    for source in CATALOG.sources.values():
        spec = specs[f"raw/{source.name}"]
        assert spec.group_name == "collect"
        assert spec.freshness_policy == dg.FreshnessPolicy.time_window(
            fail_window=source.expect_every.timedelta or pytest.fail(source.name)
        )


def test_every_metric_is_an_asset_in_its_layer_that_must_be_published_in_time(
    specs: Mapping[str, dg.AssetSpec],
) -> None:
    for metric in CATALOG.metrics.values():
        spec = specs[metric.model]
        assert spec.group_name == "intermediate"
        assert spec.tags["anfl/metric"] == metric.metric_id
        assert spec.freshness_policy == dg.FreshnessPolicy.time_window(
            fail_window=metric.stale_after.timedelta or pytest.fail(metric.metric_id)
        )


def test_staging_hangs_on_the_assets_of_its_sources(specs: Mapping[str, dg.AssetSpec]) -> None:
    parents = {
        dependency.asset_key.to_user_string()
        for name, spec in specs.items()
        if name.startswith("stg_")
        for dependency in spec.deps
    }
    assert parents == {f"raw/{name}" for name in CATALOG.sources}


def test_every_entity_has_a_blocking_check_on_its_source(definitions: dg.Definitions) -> None:
    found = {
        (spec.asset_key.to_user_string(), spec.name)
        for checks in definitions.asset_checks or ()
        for spec in checks.check_specs
        if spec.blocking
    }
    assert found == {
        (f"raw/{source.name}", f"{entity}_meets_expectations")
        for source in CATALOG.sources.values()
        for entity in source.entities
    }


def test_the_jobs_and_schedules_can_be_resolved(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    for job in ("collect", "build_kpis", "everything"):
        assert definitions.resolve_job_def(job).name == job
    steps = set(definitions.resolve_job_def("build_kpis").graph.node_dict)
    assert steps == {
        "kpis",
        "analyze__trends",
        "analyze__correlations",
        "analyze__contributions",
    }


def test_five_sensors_alert_and_are_on_from_the_start(definitions: dg.Definitions) -> None:
    sensors = {sensor.name: sensor for sensor in definitions.sensors or ()}
    assert set(sensors) == {
        "metric_breach_sensor",
        "alert_delivery_sensor",
        "run_failure_sensor",
        "stale_source_sensor",
        "failed_check_sensor",
    }
    for sensor in sensors.values():
        assert isinstance(sensor, dg.SensorDefinition)
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    # The daemon looks every five seconds; what is to be told must not miss a look.
    for name in ("metric_breach_sensor", "alert_delivery_sensor"):
        assert (sensors[name].minimum_interval_seconds or 99) < 5


def _model_and_test(manifest: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    model = manifest["nodes"]["model.anfl.rpt_scoreboard"]
    test = next(
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node") == model["unique_id"]
    )
    return model, test


def _event(node: Mapping[str, Any], status: str) -> NodeEvent:
    return NodeEvent(node["unique_id"], node["resource_type"], node["name"], status, 0.25, "said")


def _results(
    manifest: Mapping[str, Any], report: BuildReport
) -> list[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    return [result for _, result in node_results(report, manifest, Translator(CATALOG))]


def test_a_published_table_is_materialized_and_its_test_a_passed_check(
    manifest: Mapping[str, Any],
) -> None:
    model, test = _model_and_test(manifest)
    report = BuildReport(
        "b1",
        "published",
        1.0,
        nodes=(_event(model, "success"), _event(test, "pass")),
        tables={"rpt_scoreboard": PublishedTable(12, 7, "published")},
    )
    made, checked = _results(manifest, report)
    assert isinstance(made, dg.MaterializeResult)
    assert made.asset_key == dg.AssetKey(["rpt_scoreboard"])
    assert made.metadata == {
        "build_id": "b1",
        "seconds": 0.25,
        "dagster/row_count": 12,
        "delta_version": 7,
    }
    assert isinstance(checked, dg.AssetCheckResult)
    assert (checked.passed, checked.check_name) == (True, test["name"])


def test_a_held_build_materializes_nothing_and_fails_the_check(
    manifest: Mapping[str, Any],
) -> None:
    model, test = _model_and_test(manifest)
    nodes = (_event(model, "success"), _event(test, "fail"))
    [checked] = _results(manifest, BuildReport("b1", "held", 1.0, nodes=nodes))
    assert isinstance(checked, dg.AssetCheckResult)
    assert (checked.passed, checked.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert checked.description == "said"


def test_an_unchanged_table_and_a_node_of_a_newer_project_are_passed_over(
    manifest: Mapping[str, Any],
) -> None:
    model, _ = _model_and_test(manifest)
    newer = {"unique_id": "model.anfl.rpt_newer", "resource_type": "model", "name": "rpt_newer"}
    report = BuildReport(
        "b1",
        "published",
        1.0,
        nodes=(_event(model, "success"), _event(newer, "success")),
        tables={"rpt_scoreboard": PublishedTable(0, 6, "unchanged")},
    )
    assert _results(manifest, report) == []


def test_a_build_waits_for_a_build_and_never_for_a_forecast(definitions: dg.Definitions) -> None:
    pools = {
        name: {
            node.definition.pool
            for node in definitions.resolve_job_def(name).graph.node_dict.values()
            if isinstance(node.definition, dg.OpDefinition)
        }
        for name in ("everything", "forecast_performance")
    }
    # The checks only read.
    assert pools == {
        "everything": {"building", None},
        "forecast_performance": {"forecasting", None},
    }
