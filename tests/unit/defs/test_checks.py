"""The verdict on an entity: critical stops what is built on it, anything else warns."""

from typing import Any

import dagster as dg
import pytest

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.checks import entity_verdict


def _result(rule: str, *, severity: str = "warning", unexpected: int = 0) -> dict[str, Any]:
    return {
        "feed": "shop",
        "rule": rule,
        "severity": severity,
        "success": unexpected == 0,
        "unexpected_count": unexpected,
    }


@pytest.mark.parametrize(
    ("results", "passed", "severity", "told"),
    [
        pytest.param([], True, "WARN", "nothing has landed yet", id="nothing landed"),
        pytest.param([_result("id_is_present")], True, "WARN", "1 expectations hold", id="held"),
        pytest.param(
            [_result("id_is_present"), _result("amount_is_finite", unexpected=1200)],
            False,
            "WARN",
            "1 of 2 expectations broken: amount_is_finite (1,200)",
            id="a warning",
        ),
        pytest.param(
            [_result("columns_are_there", severity="critical", unexpected=1)],
            False,
            "ERROR",
            "1 of 1 expectations broken: columns_are_there (1)",
            id="unusable",
        ),
    ],
)
def test_the_worst_broken_expectation_decides(
    results: list[dict[str, Any]], *, passed: bool, severity: str, told: str
) -> None:
    source = load_catalog().sources["usage_analytics"]
    verdict = entity_verdict("orders", source, results)
    assert verdict.passed is passed
    assert verdict.severity is dg.AssetCheckSeverity[severity]
    assert verdict.description == told
    assert verdict.check_name == "orders_meets_expectations"
