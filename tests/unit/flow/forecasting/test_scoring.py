"""Scoring what came true: each day once, whatever runs, repeats or is redefined."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from anfl_assets.flow.forecasting.keep import keep_vintages
from anfl_assets.flow.forecasting.score import due_scores, score_due
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.report.scorecard import scorecard
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import MADE_AT, ORIGIN, asked, forecast, refused

NOW = datetime(2026, 4, 9, 6, tzinfo=UTC)
# The mean of lead n is n; what came is n + 100.
MADE = forecast(asked(), *map(float, range(1, 91)))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    keep_vintages(Workspace(tmp_path), [MADE])
    return Workspace(tmp_path)


def _known(days: int, **others: object) -> AskedSeries:
    """The series as a build knows it so many days after the vintage's origin."""
    return asked(
        1.0,
        *(100.0 + day for day in range(1, days + 1)),
        last_day=ORIGIN + timedelta(days=days),
        **others,
    )


def _score(workspace: Workspace, known: AskedSeries) -> int:
    return score_due(workspace, [known], now=NOW, build_id="b2")


def test_before_a_day_has_come_nothing_is_scored(workspace: Workspace) -> None:
    assert due_scores(workspace, [asked()], now=NOW) == []
    assert due_scores(workspace, [asked(series=None)], now=NOW) == []
    assert due_scores(workspace, [], now=NOW) == []


def test_without_vintages_nothing_is_scored(tmp_path: Path) -> None:
    assert _score(Workspace(tmp_path), _known(10)) == 0


def test_a_day_is_scored_at_its_lead_with_what_had_been_said(workspace: Workspace) -> None:
    [first, second] = due_scores(workspace, [_known(8)], now=NOW)
    assert (first.lead_days, second.lead_days) == (1, 7)
    assert (second.kind, second.vintage_id) == ("live", MADE.vintage.vintage_id)
    assert (second.origin_day, second.day) == (ORIGIN, date(2026, 4, 7))
    assert (second.actual, second.mean, second.floor, second.scale) == (107.0, 7.0, 8.0, 2.0)
    assert (second.lower_80, second.upper_95, second.scored_at) == (-3.0, 27.0, NOW)


def test_a_day_is_scored_once(workspace: Workspace) -> None:
    assert _score(workspace, _known(1)) == 1
    assert _score(workspace, _known(1)) == 0
    assert _score(workspace, _known(29)) == 1
    assert _score(workspace, _known(120)) == 2
    assert [row.n_live for row in scorecard(workspace)] == [4, 1, 1, 1, 1]


def test_a_correction_does_not_change_a_score(workspace: Workspace) -> None:
    _score(workspace, _known(1))
    assert _score(workspace, asked(1.0, 500.0, last_day=ORIGIN + timedelta(days=1))) == 0
    assert scorecard(workspace)[0].mase == pytest.approx(100 / 2.0)


def test_a_gap_and_a_marked_day_wait(workspace: Workspace) -> None:
    gap = asked(1.0, float("nan"), 3.0, last_day=ORIGIN + timedelta(days=2))
    assert _score(workspace, gap) == 0
    known = _known(2)
    assert known.series is not None
    marked = replace(known.series, marked=np.array([False, True, False]))
    assert _score(workspace, replace(known, series=marked)) == 0
    assert _score(workspace, known) == 1


def test_truth_of_another_definition_is_of_other_numbers(workspace: Workspace) -> None:
    assert _score(workspace, _known(8, definition="d2")) == 0


def test_of_one_origin_the_newest_vintage_counts(workspace: Workspace) -> None:
    later = forecast(asked(), *[77.0] * 90, at=MADE_AT + timedelta(hours=1))
    keep_vintages(workspace, [later])
    [scored] = due_scores(workspace, [_known(1)], now=NOW)
    assert (scored.vintage_id, scored.mean) == (later.vintage.vintage_id, 77.0)


def test_a_refused_vintage_and_a_lead_beyond_the_horizon_are_never_due(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    short = forecast(asked(horizon_days=5), 1.0, 2.0, 3.0, 4.0, 5.0)
    keep_vintages(workspace, [short, refused(asked(subject="refused"))])
    known = [_known(40, horizon_days=5), _known(40, subject="refused")]
    assert [each.lead_days for each in due_scores(workspace, known, now=NOW)] == [1]
