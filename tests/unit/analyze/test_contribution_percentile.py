"""Contribution to a percentile: a sum done by hand, and what must hold of any histograms."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anfl_assets.analyze.contribution import total
from anfl_assets.analyze.contribution_percentile import of_percentiles, percentile

_Counts = dict[str, dict[float, float]]
_HISTOGRAM = st.dictionaries(
    st.sampled_from([1.0, 2.0, 5.0, 20.0, 90.0]), st.integers(1, 200).map(float), max_size=5
)
_SIDES = st.dictionaries(st.sampled_from("abcd"), _HISTOGRAM, min_size=1)


def split(before: _Counts, after: _Counts) -> dict[tuple[str, str], float]:
    """Amounts by subject and effect, those of nothing left out."""
    found = of_percentiles(before, after, share=0.95, seed=1)
    return {(each.subject, each.effect): each.amount for each in found if each.amount}


def test_one_that_became_slow_is_all_of_it() -> None:
    before = {"quick": {10.0: 80.0}, "slow": {20.0: 20.0}}
    after = {"quick": {10.0: 80.0}, "slow": {100.0: 20.0}}
    assert split(before, after) == {("slow", "rate"): 80.0}


def test_more_requests_to_the_slow_one_are_mix() -> None:
    before = {"quick": {10.0: 98.0}, "slow": {100.0: 2.0}}
    after = {"quick": {10.0: 98.0}, "slow": {100.0: 50.0}}
    assert split(before, after) == {("slow", "mix"): 90.0}


def test_two_that_each_suffice_share_what_they_did() -> None:
    # either alone lifts the 95th of the hundred: each has half of the way
    before = {"a": {10.0: 50.0}, "b": {10.0: 50.0}}
    after = {"a": {10.0: 40.0, 90.0: 10.0}, "b": {10.0: 40.0, 90.0: 10.0}}
    assert split(before, after) == {("a", "rate"): 40.0, ("b", "rate"): 40.0}


def test_the_percentile_is_the_nearest_rank() -> None:
    counts = {"a": {1.0: 10.0, 2.0: 9.0}, "b": {3.0: 1.0}}
    assert percentile(counts, share=0.95) == 2.0
    assert percentile(counts, share=0.951) == 3.0


@settings(max_examples=60)
@given(before=_SIDES, after=_SIDES)
def test_parts_of_a_percentile_add_up_to_the_whole(before: _Counts, after: _Counts) -> None:
    assume(any(before.values()) and any(after.values()))
    change = percentile(after, share=0.95) - percentile(before, share=0.95)
    found = of_percentiles(before, after, share=0.95, seed=1)
    assert total(found) == pytest.approx(change, abs=1e-9)


@settings(max_examples=30)
@given(before=_SIDES, after=_SIDES)
def test_names_play_no_part_and_no_change_is_nobodys(before: _Counts, after: _Counts) -> None:
    assume(any(before.values()) and any(after.values()))
    assert split(before, before) == {}
    names = dict(zip("abcd", "dcba", strict=True))
    renamed = split(
        {names[key]: each for key, each in before.items()},
        {names[key]: each for key, each in after.items()},
    )
    assert renamed == pytest.approx(
        {(names[who], effect): amount for (who, effect), amount in split(before, after).items()}
    )


def test_of_many_subjects_drawn_orders_add_up_as_well() -> None:
    before = {f"s{n}": {10.0 + n: 100.0, 200.0: 2.0} for n in range(14)}
    after = {f"s{n}": {10.0 + n: 100.0 - n, 300.0 + n: 1.0 + n} for n in range(15)}
    change = percentile(after, share=0.95) - percentile(before, share=0.95)
    found = of_percentiles(before, after, share=0.95, seed=3)
    assert total(found) == pytest.approx(change, abs=1e-9)
    assert found == of_percentiles(before, after, share=0.95, seed=3)
