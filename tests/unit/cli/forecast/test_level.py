"""A level of a person's choice: in the metric's unit, or one that converts into it."""

import re

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.forecast.level import read_level
from anfl_assets.errors import UserError

METRICS = load_catalog().metrics


@pytest.mark.parametrize(
    ("metric", "text", "value"),
    [
        ("resource_utilization", "85", 85.0),
        ("resource_utilization", "85 %", 85.0),
        ("resource_utilization", "-1.5", -1.5),
        ("inference_latency", "0.12 s", 120.0),
        ("throughput", "60000 req/min", 1000.0),
    ],
)
def test_a_level_is_read_in_the_unit_of_the_metric(metric: str, text: str, value: float) -> None:
    assert read_level(METRICS[metric], text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("60 ms", "'60 ms' is no value of resource_utilization; expected a number in "
                     "%, such as 90%", id="another unit"),
        pytest.param("high", "'high' is no value of resource_utilization; expected a number in "
                     "%, such as 90%", id="a word"),
        pytest.param("inf", "'inf' is no number; expected one in %, such as 85", id="infinite"),
        pytest.param("nan", "'nan' is no number; expected one in %, such as 85", id="nothing"),
    ],
)  # fmt: skip
def test_what_is_no_level_is_said(text: str, told: str) -> None:
    with pytest.raises(UserError, match=f"^--level: {re.escape(told)}$"):
        read_level(METRICS["resource_utilization"], text)
