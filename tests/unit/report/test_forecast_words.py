"""A forecast in words: the sentence is the same wherever it is told."""

from __future__ import annotations

from datetime import date

import pytest

from anfl_assets.report.forecast_words import (
    crossing_words,
    error_words,
    first_of_each,
    gain_words,
    skill_words,
    soonest_first,
    target_crossing_words,
)
from anfl_assets.report.forecasts import VintageRow
from tests.forecast_rows import calm, distrusted, refused, vintage


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(
            vintage(), "crosses 90 % around 12 January (even odds), 90 % sure by 30 January",
            id="foretold",
        ),
        pytest.param(
            vintage(threshold_day_90=None),
            "crosses 90 % around 12 January (even odds), not 90 % sure within 90 days",
            id="never sure",
        ),
        pytest.param(
            vintage(threshold_day_expected=None, threshold_day_90=None),
            "crosses 90 % around 12 January (even odds), not 90 % sure within 90 days; "
            "what is expected stays on this side, so nobody is alerted",
            id="by noise alone",
        ),
        pytest.param(vintage(is_across_now=True), "is across 90 % already", id="across"),
        pytest.param(calm(), "3 % likely to cross 90 % within 90 days", id="unlikely"),
        pytest.param(
            calm(threshold_probability=0.004, unit="ms", threshold=1234.5, horizon_days=30),
            "less than 1 % likely to cross 1,234.5 ms within 30 days",
            id="hardly",
        ),
        pytest.param(distrusted(), "", id="not forecastable"),
        pytest.param(refused(), "", id="refused"),
    ],
)  # fmt: skip
def test_a_crossing_is_told_with_its_odds(row: VintageRow, told: str) -> None:
    assert crossing_words(row) == told


def test_the_target_is_told_where_it_will_be_missed() -> None:
    assert target_crossing_words(vintage()) == (
        "is off its target of 80 % from around 29 November (even odds)"
    )
    assert target_crossing_words(calm()) == target_crossing_words(distrusted()) == ""


def test_skill_is_told_beside_the_best_naive_method() -> None:
    assert skill_words(vintage()) == (
        "MASE 0.79 over 6 rolling origins, the best naive method (drift) 1.00: skill +21 %; "
        "the 80 % interval held 81 % of the days, the 95 % one 95 %"
    )
    assert skill_words(refused()) == ""


def test_where_there_is_next_to_no_error_no_skill_is_told() -> None:
    near = vintage(mase=0.004, floor_mase=0.002, skill=-1.0)
    assert error_words(near.mase) == "< 0.01"
    assert error_words(0.0) == "0.00"
    assert gain_words(near) == "–"
    assert gain_words(vintage(mase=0.3, floor_mase=0.15, skill=-1.0)) == "-100 %"


def test_the_soonest_comes_first_and_each_subject_once() -> None:
    later = vintage(vintage_id="later", form="daily mean", threshold_day_50=date(2027, 2, 1))
    doubted = distrusted(vintage_id="doubted", threshold_day_50=date(2026, 12, 1))
    rows = [calm(vintage_id="calm", subject="a"), doubted, later, vintage()]
    assert [row.vintage_id for row in soonest_first(rows)] == ["v-disk", "later", "calm", "doubted"]
    assert [row.vintage_id for row in first_of_each([later, vintage()])] == ["v-disk"]
