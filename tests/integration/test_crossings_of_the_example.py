"""When the example's hosts cross their threshold, against the days its generator goes on to."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.run import backtest_of
from anfl_assets.report.forecasts import VintageRow, foretells
from anfl_assets.report.published import open_published
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

pytestmark = pytest.mark.slow
METRIC = "resource_utilization"
# It fills; the next fullest, which stays where it is; one that grows slowly.
FILLS, FULL, GROWS = "gpu-2/disk", "batch-1/memory", "api-1/disk"


@pytest.fixture(scope="module")
def told(built_example: BuiltExample) -> dict[str, list[VintageRow]]:
    """The forecasts of three hosts, both daily series of each."""
    with open_published(Workspace(built_example.root)) as published:
        return {
            subject: [
                made.vintage
                for made in backtest_of(
                    published, load_catalog(), METRIC, now=EXAMPLE_AS_OF, subject=subject
                )
            ]
            for subject in (FILLS, FULL, GROWS)
        }


def _true_days(built_example: BuiltExample, subject: str) -> dict[str, date | None]:
    truth = json.loads((built_example.root / "example" / "truth.json").read_text())
    return {
        each["form"]: date.fromisoformat(each["day"]) if each["day"] else None
        for each in truth["crossings"]
        if each["subject"] == subject
    }


def test_the_disk_that_fills_is_foretold_within_ten_days_of_the_truth(
    built_example: BuiltExample, told: dict[str, list[VintageRow]]
) -> None:
    true = _true_days(built_example, FILLS)
    assert {row.form for row in told[FILLS]} == set(true) == {"daily peak", "daily mean"}
    for row in told[FILLS]:
        expected = true[row.form]
        assert expected is not None
        assert row.threshold_day_50 is not None
        assert abs(row.threshold_day_50 - expected) <= timedelta(days=10)
        assert foretells(row), row.reason


@pytest.mark.parametrize("subject", [FULL, GROWS])
def test_a_host_that_stays_below_is_hardly_taken_to_cross(
    built_example: BuiltExample, told: dict[str, list[VintageRow]], subject: str
) -> None:
    assert set(_true_days(built_example, subject).values()) == {None}
    assert len(told[subject]) == 2
    for row in told[subject]:
        assert row.threshold_probability is not None
        assert row.threshold_probability < 0.2
        assert not foretells(row)
