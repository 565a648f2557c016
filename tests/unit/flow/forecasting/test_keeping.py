"""Keeping vintages: once each, seen whole or not at all, readable for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.errors import LandingError
from anfl_assets.flow.forecasting.keep import KeepingEachMinute, keep_scores, keep_vintages
from anfl_assets.flow.forecasting.tables import add
from anfl_assets.report.forecasts import (
    DAYS,
    SCORES,
    VINTAGES,
    days_of,
    standing_vintages,
    vintages_of,
)
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import MADE_AT, asked, forecast, refused, score

MADE = forecast(asked(), 50.0, 60.0)
WITH_BACKTEST = replace(
    MADE,
    scores=[
        score(MADE.vintage, lead, kind="backtest", origin_day=date(2026, 1, 31)) for lead in (1, 7)
    ],
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def _rows(workspace: Workspace, table: str) -> pl.DataFrame:
    kept = lake.read(workspace.forecast_path(table))
    return pl.DataFrame() if kept is None else kept


def test_nothing_made_keeps_nothing(workspace: Workspace) -> None:
    assert keep_vintages(workspace, []) == 0
    assert keep_scores(workspace, [], build_id="b1") == 0
    assert not workspace.lake_dir.exists()


def test_a_vintage_is_kept_once(workspace: Workspace) -> None:
    assert keep_vintages(workspace, [WITH_BACKTEST]) == 1
    assert keep_vintages(workspace, [WITH_BACKTEST]) == 0
    assert [_rows(workspace, name).height for name in (VINTAGES, DAYS, SCORES)] == [1, 2, 2]


def test_one_that_is_there_does_not_keep_another_out(workspace: Workspace) -> None:
    keep_vintages(workspace, [MADE])
    other = forecast(asked(subject="other"), 1.0, 2.0, 3.0)
    assert keep_vintages(workspace, [MADE, other, refused(asked(subject="third"))]) == 2
    assert _rows(workspace, DAYS).height == 5


def test_what_is_made_is_kept_each_minute_and_at_the_end(workspace: Workspace) -> None:
    now_s = 0.0
    keeping = KeepingEachMinute(workspace, lambda: now_s)

    def kept_after(at_s: float, subject: str) -> list[str]:
        nonlocal now_s
        now_s = at_s
        keeping.add(forecast(asked(subject=subject), 50.0))
        return sorted(row.subject for row in standing_vintages(workspace))

    assert kept_after(30, "a") == []
    assert kept_after(61, "b") == ["a", "b"]
    assert kept_after(119, "c") == ["a", "b"]
    assert kept_after(121, "d") == ["a", "b", "c", "d"]
    kept_after(122, "e")
    keeping.keep()
    assert _rows(workspace, VINTAGES).height == _rows(workspace, DAYS).height == 5


@pytest.mark.parametrize(("commits", "tables"), [(0, []), (1, [DAYS]), (2, [DAYS, SCORES])])
def test_what_stops_between_two_commits_shows_nothing_and_is_made_good(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, commits: int, tables: list[str]
) -> None:
    left = [None] * commits

    def stop(path: Path, rows: pl.DataFrame, *, metadata: dict[str, str]) -> None:
        if not left:
            raise LandingError("stopped")
        left.pop()
        add(path, rows, metadata=metadata)

    with monkeypatch.context() as patched:
        patched.setattr("anfl_assets.flow.forecasting.keep.add", stop)
        with pytest.raises(LandingError):
            keep_vintages(workspace, [WITH_BACKTEST])
    there = [name for name in (DAYS, SCORES, VINTAGES) if not _rows(workspace, name).is_empty()]
    assert there == tables
    assert standing_vintages(workspace) == []
    assert keep_vintages(workspace, [WITH_BACKTEST]) == 1
    assert [_rows(workspace, name).height for name in (VINTAGES, DAYS, SCORES)] == [1, 2, 2]


def test_a_backtest_is_kept_with_the_first_vintage_of_a_definition(workspace: Workspace) -> None:
    keep_vintages(workspace, [WITH_BACKTEST])
    later = forecast(asked(last_day=date(2026, 4, 7)), at=MADE_AT + timedelta(days=7))
    keep_vintages(workspace, [replace(later, scores=WITH_BACKTEST.scores)])
    assert _rows(workspace, SCORES).height == 2
    redefined = forecast(asked(definition="d2"))
    again = [replace(each, definition="d2") for each in WITH_BACKTEST.scores]
    keep_vintages(workspace, [replace(redefined, scores=again)])
    assert _rows(workspace, SCORES)["definition"].sort().to_list() == ["d1", "d1", "d2", "d2"]


def test_a_day_that_was_scored_live_is_not_counted_in_a_backtest(workspace: Workspace) -> None:
    live = replace(WITH_BACKTEST.scores[0], kind="live")
    keep_scores(workspace, [live], build_id="b1")
    keep_vintages(workspace, [WITH_BACKTEST])
    kept = _rows(workspace, SCORES).sort("lead_days")
    assert kept["kind"].to_list() == ["live", "backtest"]


def test_scores_are_kept_once(workspace: Workspace) -> None:
    scores = [score(MADE.vintage, 1), score(MADE.vintage, 7)]
    assert keep_scores(workspace, scores[:1], build_id="b1") == 1
    corrected = [replace(each, actual=99.0) for each in scores]
    assert keep_scores(workspace, corrected, build_id="b2") == 1
    assert _rows(workspace, SCORES)["actual"].sort().to_list() == [53.0, 99.0]


def test_history_outlives_a_version_of_the_program(workspace: Workspace) -> None:
    keep_vintages(workspace, [MADE])
    path = workspace.forecast_path(VINTAGES)
    # As a version of this program left it that did not know one column, and knew another.
    older = _rows(workspace, VINTAGES).drop("program").with_columns(pl.lit(1.5).alias("retired"))
    lake.overwrite(path, older, metadata={})
    later = forecast(asked(last_day=date(2026, 5, 2)), 7.0, at=MADE_AT + timedelta(days=32))
    keep_vintages(workspace, [later])
    assert vintages_of(workspace, "resource_utilization") == [
        later.vintage,
        replace(MADE.vintage, program=""),
    ]
    assert _rows(workspace, VINTAGES).sort("origin_day")["retired"].to_list() == [1.5, None]
    assert days_of(workspace, MADE.vintage.vintage_id) == MADE.days


def test_many_runs_leave_few_files(workspace: Workspace) -> None:
    for hour in range(10):
        keep_vintages(workspace, [forecast(asked(), 5.0, at=MADE_AT + timedelta(hours=hour))])
    assert len(lake.files(workspace.forecast_path(VINTAGES))) < 9
    assert len(vintages_of(workspace, "resource_utilization")) == 10
