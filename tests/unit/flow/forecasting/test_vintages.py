"""From what was foreseen of a series to its rows: days for leads, sides, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.piece import Foreseen, Piece, Refused, foresee
from anfl_assets.flow.forecasting.vintage import Made, Making, made_of
from anfl_assets.forecast.crossing import crossing_of
from anfl_assets.forecast.outlook import CandidateResult, Interval, OriginScore, Outlook, Skill
from anfl_assets.forecast.series import Bounds, DailySeries
from tests.unit.flow.forecasting.ledger_rows import MADE_AT, ORIGIN, asked, refused

CATALOG = load_catalog()
MAKING = Making("b1", MADE_AT, "0.1.0", date(2026, 4, 5))
# Half of the ways pass 90 on the second day, all on the third.
PATHS = np.array([[85.0, 91.0, 95.0], [85.0, 89.0, 93.0]])


def _outlook() -> Outlook:
    mean = PATHS.mean(axis=0)
    score = OriginScore(date(2026, 1, 31), 7, 53.0, 50.0, 55.0, 48.0, 52.0, 46.0, 54.0)
    return Outlook(
        first_day=date(2026, 4, 1),
        mean=mean,
        intervals={80: Interval(mean - 1, mean + 1), 95: Interval(mean - 2, mean + 2)},
        floor_name="naive",
        floor=mean + 5,
        paths=PATHS[:0],
        candidates=(CandidateResult("ets", 1.0, 0.8), CandidateResult("theta", 0.0, None, "no")),
        scale=2.0,
        scores=[score],
        skill=Skill(4, 0.8, 1.0, 5.0, 0.8, 0.95, 0.2),
        verdict="forecastable",
        reason="better than the floor",
        notes=("3 spikes set aside",),
    )


def _made(level: float = 90.0) -> Made:
    outlook = _outlook()
    foreseen = Foreseen(
        outlook,
        crossing_of(PATHS, outlook.mean, level, "above"),
        crossing_of(PATHS, outlook.mean, 80.0, "above"),
    )
    return made_of(asked(60.0, float("nan"), 70.0), foreseen, MAKING)


def test_leads_become_days() -> None:
    row = _made().vintage
    assert (row.threshold_day_50, row.threshold_day_90) == (date(2026, 4, 2), date(2026, 4, 3))
    assert (row.threshold_day_expected, row.threshold_probability) == (date(2026, 4, 3), 1.0)
    assert (row.target_day_50, row.target_day_expected) == (date(2026, 4, 1), date(2026, 4, 1))


def test_what_is_not_crossed_has_no_day() -> None:
    row = _made(99.0).vintage
    assert (row.threshold_probability, row.threshold_day_50) == (0.0, None)
    assert (row.threshold_day_90, row.threshold_day_expected) == (None, None)


def test_days_carry_their_vintage_and_the_probabilities_by_then() -> None:
    made = _made()
    assert [day.day for day in made.days] == [date(2026, 4, day) for day in (1, 2, 3)]
    assert [day.threshold_probability for day in made.days] == [0.0, 0.5, 1.0]
    second = made.days[1]
    assert (second.vintage_id, second.lead_days) == (made.vintage.vintage_id, 2)
    assert (second.lower_95, second.lower_80, second.mean) == (88.0, 89.0, 90.0)
    assert (second.upper_80, second.upper_95, second.floor) == (91.0, 92.0, 95.0)


def test_the_backtest_is_told_by_the_day_that_came() -> None:
    [score] = _made().scores
    assert (score.kind, score.day, score.lead_days) == ("backtest", date(2026, 2, 7), 7)
    assert (score.actual, score.mean, score.floor, score.scale) == (53.0, 50.0, 55.0, 2.0)


def test_a_row_says_what_was_learned_from_and_by_whom() -> None:
    row = _made().vintage
    assert (row.first_train_day, row.train_days) == (date(2026, 3, 29), 2)
    assert row.recent == [60.0, None, 70.0]
    assert (row.weights, row.candidate_mase, row.failures) == (
        [1.0, 0.0],
        [0.8, None],
        [None, "no"],
    )
    assert (row.build_id, row.computed_at, row.program) == ("b1", MADE_AT, "0.1.0")


def test_a_vintage_is_named_by_its_series_and_moment_alone() -> None:
    name = _made().vintage.vintage_id
    assert name == _made(99.0).vintage.vintage_id
    assert name.startswith("20260331-")
    later = replace(MAKING, now=datetime(2026, 4, 1, 7, tzinfo=UTC))
    assert name != made_of(asked(), Refused("no"), later).vintage.vintage_id
    assert name != refused(asked(form="daily mean")).vintage.vintage_id


def test_without_a_series_a_refusal_stands_as_of_the_newest_day_of_all() -> None:
    row = made_of(asked(series=None), Refused("no value yet"), MAKING).vintage
    assert (row.origin_day, row.status, row.reason) == (date(2026, 4, 5), "refused", "no value yet")
    assert (row.recent, row.candidates, row.scale, row.train_days) == ([], [], None, 0)
    assert not row.is_across_now


@pytest.mark.parametrize(
    ("metric_id", "value", "across"),
    [
        pytest.param("resource_utilization", 90.1, True, id="above where lower is better"),
        pytest.param("resource_utilization", 90.0, False, id="the threshold itself"),
        pytest.param("throughput", 89.9, True, id="below where higher is better"),
        pytest.param("throughput", 90.1, False, id="above where higher is better"),
    ],
)
def test_across_is_beyond_the_threshold(metric_id: str, value: float, *, across: bool) -> None:
    each = asked(95.0, value, metric=CATALOG.metrics[metric_id])
    assert refused(each).vintage.is_across_now is across


def test_a_series_too_short_is_refused_in_words() -> None:
    short = DailySeries(ORIGIN, np.ones(3), Bounds(), np.zeros(3, dtype=bool))
    told = foresee(Piece(short, 30, 1, 90.0, 80.0, "above"))
    assert isinstance(told, Refused)
    assert "3 values" in told.reason


def test_numbers_that_fail_are_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Outlook:
        raise np.linalg.LinAlgError("SVD did not converge")

    monkeypatch.setattr("anfl_assets.flow.forecasting.piece.outlook_of", fail)
    series = DailySeries(ORIGIN, np.ones(3), Bounds(), np.zeros(3, dtype=bool))
    told = foresee(Piece(series, 30, 1, 90.0, 80.0, "above"))
    assert told == Refused("forecasting it failed (LinAlgError: SVD did not converge)")


def test_numbers_that_are_none_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    outlook = replace(_outlook(), floor=np.array([1.0, np.nan, 1.0]), paths=PATHS)
    monkeypatch.setattr("anfl_assets.flow.forecasting.piece.outlook_of", lambda *_, **__: outlook)
    series = DailySeries(ORIGIN, np.ones(3), Bounds(), np.zeros(3, dtype=bool))
    told = foresee(Piece(series, 3, 1, 90.0, 80.0, "above"))
    assert told == Refused("forecasting it gave no finite numbers")
