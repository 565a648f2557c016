"""Sentences of a forecast: what a person reads of a crossing."""

from datetime import date

import pytest

from anfl_assets.cli.forecast.words import (
    crossed,
    left_out,
    made_of,
    passage_sentence,
    passages,
)
from anfl_assets.report.forecasts import VintageRow
from tests.forecast_rows import calm, refused, vintage


def _of_threshold(row: VintageRow) -> str:
    return passage_sentence(next(passages(row)))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        pytest.param(
            vintage(recent=[82.0]),
            "The threshold, 90 %, is crossed by 2027-01-12 with even odds, by 2027-01-30 with 90 % "
            "probability. What is expected crosses on 2027-01-13.",
            id="both days",
        ),
        pytest.param(
            vintage(recent=[82.0], threshold_day_90=None, threshold_probability=0.73,
                    threshold_day_expected=None),
            "The threshold, 90 %, is crossed by 2027-01-12 with even odds, by the end of the "
            "horizon, 2027-02-20, with 73 % probability. What is expected stays within all the "
            "time: it takes an unusual day.",
            id="even odds only",
        ),
        pytest.param(
            calm(recent=[82.0], threshold_probability=0.12),
            "The threshold, 90 %, is crossed by the end of the horizon, 2027-02-20, with 12 % "
            "probability.",
            id="unlikely",
        ),
        pytest.param(
            calm(recent=[82.0], threshold_probability=0.0004),
            "The threshold, 90 %, is crossed by the end of the horizon, 2027-02-20, with less than "
            "1 % probability.",
            id="hardly",
        ),
        pytest.param(
            vintage(recent=[89.0, 93.1], is_across_now=True),
            "The threshold, 90 %, is crossed already: 93.1 % on 2026-11-22.",
            id="already",
        ),
    ],
)  # fmt: skip
def test_a_sentence_says_when_a_threshold_is_crossed(row: VintageRow, sentence: str) -> None:
    assert _of_threshold(row) == sentence


def test_the_target_is_missed_not_crossed() -> None:
    row = vintage(recent=[75.0], target_day_expected=date(2026, 11, 30))
    _, target = passages(row)
    assert passage_sentence(target) == (
        "The target, 80 %, is missed by 2026-11-29 with even odds, by 2026-12-04 with 90 % "
        "probability. What is expected crosses on 2026-11-30."
    )


def test_a_target_below_a_higher_better_value_is_missed_already() -> None:
    row = vintage(direction="higher_is_better", target=80.0, threshold=70.0, recent=[75.0, None])
    _, target = passages(row)
    assert passage_sentence(target) == "The target, 80 %, is missed already: 75 % on 2026-11-22."


def test_of_a_refused_series_nothing_is_said() -> None:
    assert list(passages(refused())) == []


def test_what_is_across_is_not_told_as_a_chance() -> None:
    assert crossed(vintage(is_across_now=True)) == "across"
    assert crossed(vintage()) == "97 %"


def test_candidates_that_count_are_told_and_the_others_counted() -> None:
    row = vintage(
        candidates=["theta", "ets", "naive", "drift", "prophet", "sarima"],
        weights=[0.7, 0.292, 0.008, 0.0, 0.0, 0.0],
        candidate_mase=[0.81, 0.9, 1.3, 1.2, None, None],
        failures=[None, None, None, None, "it took too long", "it took too long"],
    )
    assert made_of(row) == "theta 70 % (MASE 0.81), ets 29 % (MASE 0.90)"
    assert left_out(row) == "2 that did worse; 2 not run: it took too long"


def test_of_candidates_that_all_count_none_is_left_out() -> None:
    row = vintage(failures=[None, None, None], weights=[0.5, 0.3, 0.2])
    assert left_out(row) == ""
