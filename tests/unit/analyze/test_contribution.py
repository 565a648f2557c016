"""Contribution of subjects to a change: hand-made cases, and what must hold of any case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anfl_assets.analyze.contribution import (
    Contribution,
    Ratio,
    of_means,
    of_ratios,
    of_sums,
    total,
)
from anfl_assets.analyze.contribution_growth import of_growths, of_one_ratio

_NAMES = st.sampled_from("abcdefgh")
_COUNTS = st.floats(min_value=1e-3, max_value=1e6)
_RATIOS = st.dictionaries(_NAMES, st.builds(Ratio, st.floats(0, 1e6), _COUNTS), min_size=1)
_VALUES = st.dictionaries(_NAMES, st.floats(-1e6, 1e6), min_size=1)
_Parts = dict[str, Ratio]


def value(parts: _Parts) -> float:
    """The whole of the parts."""
    return sum(each.numerator for each in parts.values()) / sum(
        each.denominator for each in parts.values()
    )


def mean(values: list[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def amounts(contributions: list[Contribution]) -> dict[tuple[str, str], float]:
    """Amounts by subject and effect, those of nothing left out, rounded as a person would."""
    found = {(each.subject, each.effect): round(each.amount, 6) for each in contributions}
    return {key: amount for key, amount in found.items() if amount}


def test_a_subject_that_fails_more_often_at_the_same_volume_is_rate_alone() -> None:
    before = {"chat": Ratio(10, 1000), "images": Ratio(10, 1000)}
    after = {"chat": Ratio(10, 1000), "images": Ratio(50, 1000)}
    assert amounts(of_ratios(before, after, scale=100)) == {("images", "rate"): 2.0}


def test_requests_that_move_to_the_worse_subject_are_mix_of_both() -> None:
    before = {"good": Ratio(1, 100), "bad": Ratio(10, 100)}
    after = {"good": Ratio(0.5, 50), "bad": Ratio(15, 150)}
    assert amounts(of_ratios(before, after, scale=100)) == {
        ("good", "mix"): 1.40625,
        ("bad", "mix"): 0.84375,
    }


def test_a_subject_that_came_and_one_that_went_are_mix_alone() -> None:
    before = {"stays": Ratio(10, 100), "goes": Ratio(30, 100)}
    after = {"stays": Ratio(10, 100), "comes": Ratio(50, 100)}
    assert amounts(of_ratios(before, after, scale=100)) == {
        ("goes", "mix"): -2.5,
        ("comes", "mix"): 12.5,
    }


def test_of_sums_each_brought_what_it_has_more_or_less() -> None:
    found = of_sums({"a": 5.0, "gone": 2.0}, {"a": 7.5, "new": 1.0})
    assert amounts(found) == {
        ("a", "volume"): 2.5,
        ("gone", "volume"): -2.0,
        ("new", "volume"): 1.0,
    }


def test_growth_is_split_into_the_newer_and_the_older_sum() -> None:
    found = of_one_ratio("all", Ratio(120, 100), Ratio(150, 120), scale=100)
    assert amounts(found) == {("all", "numerator"): 27.5, ("all", "denominator"): -22.5}


@pytest.mark.parametrize("split", [of_ratios, of_growths])
@given(before=_RATIOS, after=_RATIOS)
@example(before={"a": Ratio(0.0, 0.001)}, after={"a": Ratio(36748.0, 18966.0)})
def test_parts_of_ratios_and_growths_add_up_to_the_whole(
    split: Callable[[_Parts, _Parts], list[Contribution]], before: _Parts, after: _Parts
) -> None:
    of_whole = value if split is of_ratios else _mean_growth
    expected = of_whole(after) - of_whole(before)
    size = max(abs(of_whole(after)), abs(of_whole(before)), _largest(before, after))
    assert total(split(before, after)) == pytest.approx(expected, rel=1e-9, abs=1e-9 * (1 + size))


def _mean_growth(parts: _Parts) -> float:
    return mean([each.numerator / each.denominator - 1 for each in parts.values()])


def _largest(before: _Parts, after: _Parts) -> float:
    """The largest number on the way: an old sum by a new one, which is what is rounded."""
    ratios = [*before.values(), *after.values()]
    return max(each.numerator for each in ratios) / min(each.denominator for each in ratios)


@given(before=_VALUES, after=_VALUES)
def test_parts_of_sums_and_means_add_up_to_the_whole(
    before: dict[str, float], after: dict[str, float]
) -> None:
    summed = sum(after.values()) - sum(before.values())
    assert total(of_sums(before, after)) == pytest.approx(summed, abs=1e-6)
    moved = mean(list(after.values())) - mean(list(before.values()))
    assert total(of_means(before, after)) == pytest.approx(moved, abs=1e-6)


@given(parts=_RATIOS)
def test_where_nothing_changed_nobody_contributed(parts: _Parts) -> None:
    assert {each.amount for each in of_ratios(parts, parts)} == {0.0}
    assert {each.amount for each in of_growths(parts, parts)} == {0.0}
    values = {subject: part.numerator for subject, part in parts.items()}
    assert {each.amount for each in of_sums(values, values)} == {0.0}


@given(before=_RATIOS, after=_RATIOS)
def test_what_subjects_are_called_plays_no_part(before: _Parts, after: _Parts) -> None:
    names = dict(zip("abcdefgh", "hgfedcba", strict=True))
    renamed = of_ratios(
        {names[key]: part for key, part in before.items()},
        {names[key]: part for key, part in after.items()},
    )
    assert renamed == [
        Contribution(names[each.subject], each.effect, each.amount)
        for each in of_ratios(before, after)
    ]
