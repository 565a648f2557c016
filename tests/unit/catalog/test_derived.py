"""Derived files: what they hold, that drift is seen and that sync ends it."""

import csv
import io
from pathlib import Path

import yaml

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.derived import derived_files, drift, sync
from tests.unit.catalog.conftest import Change

SEED = "dbt_project/seeds/metric_catalog.csv"
UNION = "dbt_project/models/intermediate/int_metric_observations.sql"
MODELS = "dbt_project/models/intermediate/_int_metrics__models.yml"
THIRTEENTH = """
  quality:
    answer_quality:
      description: "Answers judged good"
      target: ">95%"
      alert_threshold: "90%"
      collection: "Daily"
      decided:
        statistic: "Good answers by judged answers"
        unit: "%"
        judged_on: [day, week]
        entities: [events]
        reach: [0 days]
        for: 1 evaluation
        severity: {breached: warning, off_target: information}
        owner: ml_platform
        stale_after: 2 days
        has_parts: false
        panels: {executive: Key performance indicators}
"""


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_metrics_seed_row_is_in_its_own_unit() -> None:
    row = _rows(derived_files(load_catalog())[SEED])[0]
    assert row == {
        "metric_id": "inference_latency",
        "section": "system_metrics",
        "domain": "model_orchestration",
        "description": "Time to complete model inference",
        "statistic": "95th percentile (nearest rank) of the latency of successful requests",
        "unit": "ms",
        "direction": "lower_is_better",
        "target_text": "<50ms",
        "target_value": "50.0",
        "target_operator": "<",
        "threshold_text": "100ms",
        "threshold_value": "100.0",
        "collection": "Real-time",
        "severity_breached": "critical",
        "severity_off_target": "warning",
        "owner": "ml_platform",
        "headline_grain": "5 minutes",
        "has_parts": "true",
        "stale_after_s": "3600",
        "entities": "requests request_windows accesses",
    }


def test_a_thirteenth_metric_is_one_entry(folder: Path) -> None:
    with (folder / "metrics.yaml").open("a", encoding="utf-8") as file:
        file.write(THIRTEENTH)
    files = derived_files(load_catalog(folder))
    assert _rows(files[SEED])[-1]["metric_id"] == "answer_quality"
    assert files["dbt_project/seeds/metric_grain_catalog.csv"].endswith(
        "answer_quality,day,true\nanswer_quality,week,false\n"
    )
    assert "{{ ref('int_quality__answer_quality') }}" in files[UNION]
    assert "int_quality__answer_quality" in files[MODELS]


def test_a_subjects_target_is_a_row_and_leaves_the_rest_to_the_metric(
    folder: Path, change: Change
) -> None:
    own = 'subjects: {batch: {target: "90ms"}}'
    change("metrics.yaml", "panels: {executive", f"{own}\n        panels: {{executive")
    seed = derived_files(load_catalog(folder))["dbt_project/seeds/metric_target_catalog.csv"]
    assert _rows(seed) == [
        {
            "metric_id": "inference_latency",
            "subject": "batch",
            "target_value": "90.0",
            "target_operator": "<=",
            "threshold_value": "100.0",
        }
    ]


def test_without_targets_of_subjects_the_seed_is_its_heading() -> None:
    seed = derived_files(load_catalog())["dbt_project/seeds/metric_target_catalog.csv"]
    assert seed == "metric_id,subject,target_value,target_operator,threshold_value\n"


def test_every_metrics_model_keeps_one_contract() -> None:
    models = yaml.safe_load(derived_files(load_catalog())[MODELS])["models"]
    shapes = {tuple((c["name"], c["data_type"]) for c in model["columns"]) for model in models}
    assert len(models) == 13
    assert len(shapes) == 1
    assert all(model["config"]["contract"]["enforced"] for model in models)
    assert all(c["description"].endswith(")") for model in models for c in model["columns"])


def test_sync_writes_what_drifted_and_then_nothing(tmp_path: Path) -> None:
    catalog = load_catalog()
    assert sync(tmp_path, catalog) == list(derived_files(catalog))
    assert sync(tmp_path, catalog) == []
    (tmp_path / SEED).write_text("edited\n", encoding="utf-8")
    (tmp_path / UNION).unlink()
    assert [(each.path, each.found) for each in drift(tmp_path, catalog)] == [
        (SEED, "edited\n"),
        (UNION, None),
    ]
    assert "-edited" in drift(tmp_path, catalog)[0].diff
    assert sync(tmp_path, catalog) == [SEED, UNION]
    assert drift(tmp_path, catalog) == []
