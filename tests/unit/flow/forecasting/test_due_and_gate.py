"""When a series is forecast again, and when what came true takes its trust away."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from anfl_assets.flow.forecasting.due import by_name, defined, says_more, standing_of
from anfl_assets.flow.forecasting.gate import held_to_truth, recent_truth
from anfl_assets.flow.forecasting.keep import keep_scores
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.flow.forecasting.vintage import Made
from anfl_assets.report.forecasts import ScoreRow, VintageRow
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import MADE_AT, asked, forecast, refused, score

MADE = forecast(asked())


def _stands(made: Made, each: AskedSeries, program: str = "0.1.0") -> bool:
    return bool(standing_of([each], by_name([made.vintage]), program))


@pytest.mark.parametrize(
    ("now_asked", "stands"),
    [
        pytest.param(asked(), True, id="nothing changed"),
        pytest.param(asked(last_day=date(2026, 4, 1)), False, id="a day more"),
        pytest.param(asked(1.0, 2.5, 3.0), False, id="a known day corrected"),
        pytest.param(asked(definition="d2"), False, id="another definition"),
        pytest.param(asked(threshold=95.0), False, id="another threshold"),
        pytest.param(asked(target=70.0), False, id="another target"),
        pytest.param(asked(horizon_days=30), False, id="another horizon"),
        pytest.param(asked(subject="other"), False, id="another series"),
        pytest.param(asked(series=None), False, id="no series any more"),
    ],
)
def test_a_vintage_stands_until_something_of_it_changes(
    now_asked: AskedSeries, *, stands: bool
) -> None:
    assert _stands(MADE, now_asked) is stands


def test_another_method_forecasts_again() -> None:
    assert not _stands(MADE, asked(), program="0.1.0+2")


def test_a_refusal_stands_but_for_one_whose_process_was_lost() -> None:
    assert _stands(refused(asked()), asked())
    assert not _stands(refused(asked(), "forecasting it was lost: killed"), asked())


def test_a_refusal_is_worth_one_row_a_day_and_a_forecast_always() -> None:
    kept = by_name([refused(asked()).vintage])
    assert not says_more(refused(asked(), at=MADE_AT + timedelta(hours=1)), kept)
    assert says_more(refused(asked(), "another reason"), kept)
    assert says_more(forecast(asked()), kept)
    assert says_more(forecast(asked(), at=MADE_AT + timedelta(hours=1)), by_name([MADE.vintage]))


def _lived(count: int, origins: int, **others: object) -> list[ScoreRow]:
    """Days before the origin: so many in all, of so many earlier vintages."""
    first = MADE.vintage.origin_day - timedelta(days=60)
    return [
        score(
            MADE.vintage,
            1 + n // origins,
            **{
                "origin_day": first + timedelta(days=n % origins),
                "day": first + timedelta(days=n),
                **others,
            },
        )
        for n in range(count)
    ]


def _held(folder: Path, lived: list[ScoreRow], made: Made = MADE) -> VintageRow:
    keep_scores(Workspace(folder), lived, build_id="b1")
    name = defined(asked())
    truth = recent_truth(Workspace(folder), {name: made.vintage.origin_day})
    return held_to_truth(made.vintage, truth.get(name))


WORSE = {"actual": 55.0, "upper_80": 60.0}
CLOSE = {"actual": 52.0}
NARROW = {"actual": 52.1}


@pytest.mark.parametrize(
    ("lived", "reason"),
    [
        pytest.param(_lived(30, 10, **WORSE), "errors of 2.50, the floor's were 0.00", id="worse"),
        pytest.param(_lived(30, 10, **NARROW), "0 % of days were inside", id="too narrow"),
    ],
)
def test_recent_truth_takes_trust_away(tmp_path: Path, lived: list[ScoreRow], reason: str) -> None:
    held = _held(tmp_path, lived)
    assert held.status == "not_forecastable"
    assert reason in held.reason
    assert held.reason.endswith("(30 days of 10 forecasts)")


@pytest.mark.parametrize(
    "lived",
    [
        pytest.param([], id="nothing came yet"),
        pytest.param(_lived(29, 10, **WORSE), id="too few days"),
        pytest.param(_lived(30, 9, **WORSE), id="too few forecasts"),
        pytest.param(_lived(30, 10, **WORSE, kind="backtest"), id="only tried on the past"),
        pytest.param(_lived(30, 10, **WORSE, day=date(2025, 12, 31)), id="long ago"),
        pytest.param(_lived(30, 10, **WORSE, day=date(2026, 4, 1)), id="not known at its origin"),
        pytest.param(_lived(30, 10, **WORSE, definition="d0"), id="of another definition"),
        pytest.param(_lived(30, 10, actual=51.0), id="as good as was said"),
        pytest.param(_lived(30, 10, floor=50.1, **CLOSE), id="hardly worse than the floor"),
        pytest.param(_lived(30, 10, floor=50.1, actual=50.1), id="on a steady course"),
    ],
)
def test_what_says_nothing_yet_leaves_the_verdict(tmp_path: Path, lived: list[ScoreRow]) -> None:
    assert _held(tmp_path, lived) == MADE.vintage


def test_truth_never_gives_trust(tmp_path: Path) -> None:
    untrusted = forecast(asked(), status="not_forecastable", reason="no better")
    assert _held(tmp_path, _lived(30, 10, actual=50.0), untrusted) == untrusted.vintage
