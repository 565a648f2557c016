"""Numbers as people read them: literals in, literals out."""

from math import inf, nan

import pytest

from anfl_assets.wording.looks import look
from anfl_assets.wording.numbers import change, growth, odds, quantity


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(12.34, "%", "+12.34 %"), (-0.4, "ms", "-0.4 ms"), (0.0, "%", "0 %"), (None, "%", "–")],
)
def test_a_change_carries_its_sign(value: float | None, unit: str, text: str) -> None:
    assert change(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12.3, "+12.3 % MoM"), (-3.0, "-3 % MoM"), (None, "–")]
)
def test_growth_names_the_period_it_is_over(value: float | None, text: str) -> None:
    assert growth(value, "MoM") == text


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_number_is_told_as_nothing(value: float) -> None:
    assert (quantity(value, "ms"), change(value, "ms")) == ("–", "–")


def test_a_status_has_a_glyph_and_a_word_of_its_own() -> None:
    assert look("off_target") == ("▲", "off target")
    assert look("held_back") == ("·", "held back")


@pytest.mark.parametrize(
    ("probability", "text"),
    [(None, "–"), (0.0, "< 1 %"), (0.0099, "< 1 %"), (0.5, "50 %"), (0.99, "99 %"),
     (0.995, "> 99 %"), (1.0, "> 99 %")],
)  # fmt: skip
def test_nothing_is_certain(probability: float | None, text: str) -> None:
    assert odds(probability) == text
