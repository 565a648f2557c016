"""Each metric of the catalog has all it needs in dbt, and dbt has nothing the catalog lacks.

Names and units of dbt's columns follow the closed list of suffixes in `catalog/quantity.py`;
sources and staging models are the canonical tables of `frames.py`. A failure lists what is missing
on each side.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.model import Metric
from anfl_assets.catalog.quantity import COLUMN_SUFFIXES
from anfl_assets.flow.manifest import PROJECT_DIR, load_manifest
from anfl_assets.frames import TABLES, Table

METRICS = load_catalog().metrics
# Numbers whose unit no suffix can say, and where it stands instead.
UNIT_STANDS_ELSEWHERE = {
    "value": "column unit",
    "numerator": "the metric's own model",
    "denominator": "the metric's own model",
    "target_value": "column unit",
    "threshold_value": "column unit",
    "our_amount": "column unit",
    "whole_amount": "column unit",
    "revenue": "the organisation's currency",
    "score_sum": "scores of 1 to 5",
    "bucket": "macros/histograms.sql",
}
NUMBERS = ("double", "bigint", "integer", "smallint", "decimal")


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest of the dbt project as it is now."""
    return load_manifest().content


def nodes(kind: str) -> list[Mapping[str, Any]]:
    """All models, seeds or tests."""
    return [node for node in manifest()["nodes"].values() if node["resource_type"] == kind]


def model(name: str) -> Mapping[str, Any]:
    """One model by name."""
    found = [node for node in nodes("model") if node["name"] == name]
    assert len(found) == 1, f"{len(found)} models named {name}; expected one"
    return found[0]


def unlike(found: Iterable[str], expected: Iterable[str]) -> str:
    """Say what is missing on each side, an empty text where nothing is."""
    counts = Counter(list(found)), Counter(list(expected))
    sides = {"missing": counts[1] - counts[0], "not expected": counts[0] - counts[1]}
    return "\n".join(
        f"{side}: {', '.join(sorted(names.elements()))}" for side, names in sides.items() if names
    )


def seed_rows(name: str) -> list[dict[str, str]]:
    """Rows of a seed file."""
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_metric_has_exactly_one_model_and_every_metric_model_a_metric() -> None:
    found = [
        node["config"]["meta"]["metric_id"]
        for node in nodes("model")
        if "metric_id" in node["config"]["meta"]
    ]
    assert not unlike(found, METRICS), unlike(found, METRICS)


def test_every_metric_is_a_row_of_the_seed() -> None:
    found = [row["metric_id"] for row in seed_rows("metric_catalog")]
    assert not unlike(found, METRICS), unlike(found, METRICS)


def test_every_metric_is_judged_on_some_grain_and_shown_on_one() -> None:
    rows = seed_rows("metric_grain_catalog")
    judged = {row["metric_id"] for row in rows}
    assert not unlike(judged, METRICS), unlike(judged, METRICS)
    shown = [row["metric_id"] for row in rows if row["is_headline"] == "true"]
    assert not unlike(shown, METRICS), unlike(shown, METRICS)


def test_every_metric_is_a_branch_of_the_union() -> None:
    union = model("int_metric_observations")["depends_on"]["nodes"]
    found = [unique_id.split(".")[-1] for unique_id in union]
    expected = [metric.model for metric in METRICS.values()]
    assert not unlike(found, expected), unlike(found, expected)


def test_every_metric_has_unit_tests_beside_its_model() -> None:
    found = {
        (test["model"], test["original_file_path"]) for test in manifest()["unit_tests"].values()
    }
    missing = [
        f"{metric.model}: {_unit_test_file(metric)}"
        for metric in METRICS.values()
        if (metric.model, _unit_test_file(metric)) not in found
    ]
    assert not missing, "without a unit test:\n" + "\n".join(missing)


def test_every_unit_test_stands_in_the_file_of_its_model() -> None:
    wrong = [
        f"{test['name']}: {test['original_file_path']} tests {test['model']}"
        for test in manifest()["unit_tests"].values()
        if not test["model"].endswith(test["original_file_path"].split("/")[-1].split(".")[0])
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("metric_id", METRICS)
def test_every_metric_keeps_the_contract_of_an_observation(metric_id: str) -> None:
    node = model(METRICS[metric_id].model)
    shape = {
        name: each["data_type"] for name, each in model("fct_metric_observation")["columns"].items()
    }
    assert node["config"]["contract"]["enforced"]
    assert {name: each["data_type"] for name, each in node["columns"].items()} == shape
    assert node["config"]["meta"]["reach"], "how far a changed day carries is not declared"


def test_every_intermediate_model_and_fact_has_an_enforced_contract_or_is_one_whole() -> None:
    without = [
        node["name"]
        for node in nodes("model")
        if node["name"].startswith(("int_", "fct_metric"))
        and not node["config"]["contract"]["enforced"]
    ]
    assert not without, f"without a contract: {', '.join(without)}"


def test_every_column_says_its_unit_by_its_name() -> None:
    wrong = [
        f"{node['name']}.{column['name']}: {column['data_type']}"
        for node in nodes("model")
        for column in node["columns"].values()
        if column.get("data_type") and not _says_unit(column["name"], column["data_type"])
    ]
    assert not wrong, "a name without its unit or kind:\n" + "\n".join(wrong)


def test_every_number_is_described_with_its_unit_in_parentheses() -> None:
    wrong = [
        f"{node['name']}.{column['name']}: {column['description']!r}"
        for node in nodes("model")
        for column in node["columns"].values()
        if str(column.get("data_type")).startswith(NUMBERS)
        and not re.search(r"\([^()]+\)$", column["description"])
    ]
    assert not wrong, "a description that does not end with a unit:\n" + "\n".join(wrong)


def test_a_value_stands_beside_its_unit() -> None:
    lonely = [
        node["name"]
        for node in nodes("model")
        if "value" in node["columns"] and "unit" not in node["columns"]
    ]
    assert not lonely, f"value without unit: {', '.join(lonely)}"


def test_every_model_says_what_a_row_is() -> None:
    silent = [
        node["name"] for node in nodes("model") if not node["description"].startswith("One row")
    ]
    assert not silent, f"no sentence on the grain: {', '.join(silent)}"


def test_the_raw_sources_are_the_canonical_tables() -> None:
    sources = manifest()["sources"].values()
    found = [each["name"] for each in sources if each["source_name"] == "raw"]
    assert not unlike(found, TABLES), unlike(found, TABLES)


def test_every_canonical_table_has_one_staging_model() -> None:
    found = [node["name"] for node in nodes("model") if node["name"].startswith("stg_")]
    expected = [_staging(table) for table in TABLES.values()]
    assert not unlike(found, expected), unlike(found, expected)


@pytest.mark.parametrize("entity", TABLES)
def test_a_staging_model_selects_exactly_the_canonical_columns(entity: str) -> None:
    table = TABLES[entity]
    found = list(_selected(model(_staging(table))["raw_code"]))
    expected = ["feed", *table.schema, "date"]
    assert not unlike(found, expected), unlike(found, expected)
    assert found == expected, "in another order"


def _unit_test_file(metric: Metric) -> str:
    return f"models/intermediate/{metric.domain}/{metric.metric_id}.unit.yml"


def _staging(table: Table) -> str:
    return f"stg_{table.source}__{table.entity}"


def _selected(sql: str) -> Iterator[str]:
    block = re.search(r"renamed as \(\s*select(.*?)\bfrom source\b", sql, re.DOTALL)
    assert block, "expected a CTE named renamed that selects from source"
    for column in block[1].split(","):
        yield column.split()[-1]


def _says_unit(name: str, kind: str) -> bool:
    if kind.startswith("timestamp"):
        return name.endswith("_at")
    if kind == "date":
        return name == "date" or name.endswith("_on")
    if kind == "boolean":
        return name.startswith(("is_", "has_"))
    if kind.startswith(NUMBERS):
        return name in UNIT_STANDS_ELSEWHERE or any(
            name.endswith(f"_{suffix}") for suffix in COLUMN_SUFFIXES
        )
    return kind == "varchar"
