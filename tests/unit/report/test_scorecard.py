"""What a scorecard says of scored days."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from anfl_assets.flow.forecasting.keep import keep_scores, keep_vintages
from anfl_assets.report.forecasts import ScoreRow
from anfl_assets.report.scorecard import scorecard
from anfl_assets.report.tally import Tally, tallies
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import asked, forecast, score

MADE = forecast(asked(), 50.0)
ROW = MADE.vintage


def _tally(*scores: ScoreRow) -> Tally:
    [(_, told)] = tallies(pl.LazyFrame([vars(each) for each in scores]), ["subject"])
    return told


def test_days_become_figures() -> None:
    told = _tally(score(ROW, 1), score(ROW, 7, actual=50.0, kind="backtest"))
    assert (told.n_live, told.n_backtest, told.origins) == (1, 1, 1)
    assert told.mase == pytest.approx((1.5 + 0.0) / 2)
    assert told.floor_mase == pytest.approx((1.0 + 2.5) / 2)
    assert told.skill == pytest.approx(1 - 0.75 / 1.75)
    assert told.smape_pct == pytest.approx(200 * 3 / 103 / 2)
    assert (told.coverage_80, told.coverage_95) == (0.5, 1.0)


def test_nothing_beats_a_floor_that_makes_no_error() -> None:
    told = _tally(score(ROW, 1, actual=0.0, floor=0.0, mean=0.0))
    assert (told.mase, told.smape_pct, told.skill) == (0.0, 0.0, None)


def test_a_series_is_told_as_a_whole_and_by_lead_beside_the_verdict(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert scorecard(workspace) == []
    keep_vintages(workspace, [MADE, forecast(asked(subject="unscored"), 50.0)])
    keep_scores(workspace, [score(ROW, lead) for lead in (30, 1)], build_id="b1")
    rows = scorecard(workspace)
    assert [row.lead_days for row in rows] == [None, 1, 30]
    assert [row.n_live for row in rows] == [2, 1, 1]
    assert {row.subject for row in rows} == {"h/cpu"}
    assert {(row.verdict, row.reason, row.unit) for row in rows} == {("forecastable", "fine", "%")}
    assert scorecard(workspace, metric_id="throughput") == []
    assert scorecard(workspace, kind="backtest") == []
    assert len(scorecard(workspace, kind="live")) == 3


def test_days_of_another_definition_are_of_another_series(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    keep_vintages(workspace, [MADE])
    other = forecast(asked(definition="d2"), 50.0).vintage
    keep_scores(workspace, [score(other, 1)], build_id="b1")
    assert scorecard(workspace) == []
