"""The hash of what a series was computed by: what changes it, and what does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.definition import definition_of
from anfl_assets.report.published import opened
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace

METRIC = load_catalog().metrics["resource_utilization"]
PARENT = "stg_system_logs__resources"
SQL = {
    METRIC.model: 'from "lake"."stg"."stg_system_logs__resources"',
    PARENT: "select 1",
    "fct_metric_status": "the judge",
}


def _hash(compiled: Mapping[str, str], grain: str = "day") -> str:
    build = PublishedBuild("b", "d", 1, {}, {}, compiled, datetime(2026, 3, 1, tzinfo=UTC))
    with opened(Workspace(Path("nowhere")), build) as published:
        return definition_of(published, METRIC, grain)


def test_the_sql_of_the_metric_and_of_what_it_reads_is_its_definition() -> None:
    found = {_hash(SQL), _hash({**SQL, METRIC.model: "other"}), _hash({**SQL, PARENT: "other"})}
    assert len(found) == 3


def test_how_it_is_judged_is_not() -> None:
    assert _hash(SQL) == _hash({**SQL, "fct_metric_status": "another judge"})


def test_windows_of_another_length_are_another_series() -> None:
    assert _hash(SQL) != _hash(SQL, "hour")
