"""Which values a metric can take: told by the unit, the scale and the growth of its target."""

from __future__ import annotations

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.bounds import possible_values
from anfl_assets.catalog.quantity import parse_quantity


@pytest.mark.parametrize(
    ("target", "least", "greatest"),
    [
        pytest.param("80%", 0.0, 100.0, id="a share"),
        pytest.param("0.8 ratio", 0.0, 1.0, id="a share as a ratio"),
        pytest.param("20% MoM", -100.0, None, id="a growth loses at most everything"),
        pytest.param("0.2 ratio YoY", -1.0, None, id="a growth as a ratio"),
        pytest.param(">4.5/5", 0.0, 5.0, id="a score"),
        pytest.param("<50ms", 0.0, None, id="a time"),
        pytest.param("1000 req/s", 0.0, None, id="a rate"),
        pytest.param("3 GiB", 0.0, None, id="a size"),
    ],
)
def test_the_target_says_what_can_be(
    target: str, least: float | None, greatest: float | None
) -> None:
    assert possible_values(parse_quantity(target)) == (least, greatest)


def test_every_metric_can_take_the_values_it_is_judged_by() -> None:
    for metric in load_catalog().metrics.values():
        least, greatest = possible_values(metric.target)
        for limit in (metric.target, metric.threshold):
            assert least is None or least <= limit.value
            assert greatest is None or limit.value <= greatest
