"""Quantities: the specification's own texts, what is refused, round trips and conversions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.catalog.quantity import (
    GROWTHS,
    Quantity,
    Unit,
    convert,
    parse_quantity,
    parse_unit,
)
from anfl_assets.errors import BadQuantity

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALES = st.floats(min_value=1e-3, max_value=1e6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<50ms", Quantity("<", 50, Unit.MILLISECOND)),
        ("100ms", Quantity(None, 100, Unit.MILLISECOND)),
        ("60s", Quantity(None, 60, Unit.SECOND)),
        ("1000 req/s", Quantity(None, 1000, Unit.REQUESTS_PER_SECOND)),
        ("99.99%", Quantity(None, 99.99, Unit.PERCENT)),
        ("<0.1%", Quantity("<", 0.1, Unit.PERCENT)),
        ("20% MoM", Quantity(None, 20, Unit.PERCENT, growth="MoM")),
        ("25% QoQ", Quantity(None, 25, Unit.PERCENT, growth="QoQ")),
        ("15% YoY", Quantity(None, 15, Unit.PERCENT, growth="YoY")),
        (">4.5/5", Quantity(">", 4.5, Unit.SCORE, scale_max=5)),
        ("4.0/5", Quantity(None, 4, Unit.SCORE, scale_max=5)),
        (">= -1.5e3 ms", Quantity(">=", -1500, Unit.MILLISECOND)),
    ],
)
def test_a_quantity_is_read_as_the_specification_writes_it(text: str, expected: Quantity) -> None:
    assert parse_quantity(text) == expected
    assert str(parse_quantity(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("<50", "has no unit; expected one of ns, us, ms, s", id="no unit"),
        pytest.param("50 mz", "has the unknown unit 'mz'", id="unknown unit"),
        pytest.param("4.5 score", "has the unknown unit 'score'", id="score without scale"),
        pytest.param("20% WoW", "ends in 'WoW'; expected one of MoM, QoQ, YoY", id="growth"),
        pytest.param("ms", "is no quantity", id="no number"),
        pytest.param("", "is no quantity", id="empty"),
        pytest.param("=50ms", "is no quantity", id="unknown operator"),
        pytest.param("1e999ms", "is not finite", id="infinite"),
        pytest.param("nan%", "is no quantity", id="nan"),
        pytest.param("4/0", "is not finite", id="scale of zero"),
    ],
)
def test_what_is_no_quantity_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadQuantity) as refused:
        parse_quantity(text)
    assert reason in str(refused.value)


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    unit = draw(st.sampled_from(Unit))
    return Quantity(
        operator=draw(st.sampled_from([None, "<", "<=", ">", ">="])),
        value=draw(FINITE),
        unit=unit,
        scale_max=draw(SCALES) if unit is Unit.SCORE else None,
        growth=draw(st.sampled_from([None, *GROWTHS])),
    )


@given(quantities())
def test_every_quantity_reads_back_from_its_own_text(quantity: Quantity) -> None:
    assert parse_quantity(str(quantity)) == quantity


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_a_reason(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except BadQuantity:
        return
    assert parse_quantity(str(quantity)) == quantity


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (0.25, Unit.SECOND, Unit.MILLISECOND, 250.0),
        (100.0, Unit.MILLISECOND, Unit.SECOND, 0.1),
        (0.999, Unit.RATIO, Unit.PERCENT, 99.9),
        (60.0, Unit.REQUESTS_PER_MINUTE, Unit.REQUESTS_PER_SECOND, 1.0),
        (2.0, Unit.MEBIBYTE, Unit.KIBIBYTE, 2048.0),
        (36.0, Unit.HOUR, Unit.DAY, 1.5),
    ],
)
def test_units_of_one_dimension_convert(
    value: float, from_unit: Unit, to_unit: Unit, expected: float
) -> None:
    assert convert(value, from_unit, to_unit) == expected


@given(st.floats(-1e12, 1e12), st.sampled_from(Unit), st.sampled_from(Unit))
def test_converting_there_and_back_changes_nothing(value: float, there: Unit, back: Unit) -> None:
    if there.dimension != back.dimension:
        with pytest.raises(BadQuantity, match="expected one of"):
            convert(value, there, back)
        return
    assert convert(convert(value, there, back), back, there) == pytest.approx(value, rel=1e-12)


def test_a_quantity_converts_with_its_operator() -> None:
    assert str(parse_quantity("<50ms").converted(Unit.SECOND)) == "<0.05s"


def test_an_unknown_unit_is_refused_with_the_closed_list() -> None:
    with pytest.raises(BadQuantity) as refused:
        parse_unit("msec")
    assert str(refused.value).startswith("'msec' is no unit; expected one of ns, us, ms")


def test_what_was_written_takes_no_part_in_comparison() -> None:
    written: dict[Any, str] = {parse_quantity("4.0/5"): "first"}
    assert written[parse_quantity("4/5")] == "first"
