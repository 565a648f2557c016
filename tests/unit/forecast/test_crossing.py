"""When a level is first passed, against paths whose passage is known."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.forecast.crossing import crossing_of


def test_a_level_counts_from_the_day_a_path_first_passes_it() -> None:
    paths = np.array([[1.0, 5.0, 1.0], [1.0, 1.0, 5.0], [1.0, 1.0, 1.0], [5.0, 1.0, 1.0]])
    crossing = crossing_of(paths, np.array([1.0, 2.0, 5.0]), 4.0, "above")
    assert crossing.by_day.tolist() == [0.25, 0.5, 0.75]
    assert (crossing.lead_50, crossing.lead_90, crossing.expected_lead) == (2, None, 3)


def test_below_is_the_mirror_image_of_above() -> None:
    paths = np.random.default_rng(1).normal(size=(50, 20))
    above = crossing_of(paths, paths.mean(axis=0), 1.5, "above")
    below = crossing_of(-paths, -paths.mean(axis=0), -1.5, "below")
    assert above.by_day.tolist() == below.by_day.tolist()
    assert above.lead_50 == below.lead_50


@pytest.mark.parametrize("side", ["above", "below"])
def test_a_value_on_the_level_has_not_crossed_it(side: Literal["above", "below"]) -> None:
    paths = np.full((10, 5), 90.0)
    crossing = crossing_of(paths, paths[0], 90.0, side)
    assert crossing.by_day.tolist() == [0.0] * 5
    assert (crossing.lead_50, crossing.expected_lead) == (None, None)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    level=st.floats(-5, 5),
    side=st.sampled_from(["above", "below"]),
)
def test_the_probability_never_falls_and_the_leads_are_where_it_says(
    seed: int, level: float, side: Literal["above", "below"]
) -> None:
    paths = np.cumsum(np.random.default_rng(seed).normal(size=(40, 30)), axis=1)
    crossing = crossing_of(paths, np.median(paths, axis=0), level, side)
    assert (np.diff(crossing.by_day) >= 0).all()
    assert crossing.by_day.min() >= 0
    assert crossing.by_day.max() <= 1
    for lead, share in ((crossing.lead_50, 0.5), (crossing.lead_90, 0.9)):
        assert (lead is None) == (crossing.by_day[-1] < share)
        if lead is not None:
            assert crossing.by_day[lead - 1] >= share
            assert lead == 1 or crossing.by_day[lead - 2] < share


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), step=st.floats(0, 3))
def test_a_level_further_off_is_never_crossed_sooner(seed: int, step: float) -> None:
    paths = np.cumsum(np.random.default_rng(seed).normal(size=(40, 30)), axis=1)
    near = crossing_of(paths, paths[0], 1.0, "above").by_day
    far = crossing_of(paths, paths[0], 1.0 + step, "above").by_day
    assert (far <= near).all()
