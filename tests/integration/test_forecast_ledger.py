"""Forecasts of the example company, kept: twice the same day, under a kill, after what came."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.model import Catalog
from anfl_assets.flow.forecasting.keep import keep_vintages
from anfl_assets.flow.forecasting.run import Told, backtest_of, run_forecasts
from anfl_assets.flow.forecasting.series import asked_series
from anfl_assets.flow.forecasting.vintage import LOST
from anfl_assets.report.forecasts import DAYS, days_of, standing_vintages, vintages_of
from anfl_assets.report.published import open_published
from anfl_assets.report.scorecard import scorecard
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample
from tests.integration.killing import killed_at
from tests.unit.flow.forecasting.ledger_rows import asked, forecast

_KEEP = """
import sys
from pathlib import Path
from anfl_assets.flow.forecasting.keep import keep_vintages
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import asked, forecast

keep_vintages(Workspace(Path(sys.argv[1])), [forecast(asked(), 50.0, 60.0)])
"""
_RUN = """
import sys
from pathlib import Path
from anfl_assets.flow.forecasting import keep
from anfl_assets.flow.forecasting.run import run_forecasts
from anfl_assets.report.published import open_published
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF
from tests.integration.test_forecast_ledger import catalog_of

keep._EVERY_S = 0.0
with open_published(Workspace(Path(sys.argv[1]))) as published:
    models = ["capacity_planning", "performance_forecasting"]
    run_forecasts(published, catalog_of(*models), models, now=EXAMPLE_AS_OF)
"""
_GROWTH = "capacity_planning"
_HOUR, _MONTH = timedelta(hours=1), timedelta(days=31)


def catalog_of(*models: str) -> Catalog:
    """The catalog, but for models that forecast one series: a real one costs seconds."""
    catalog = load_catalog()
    whole = catalog.forecasts[_GROWTH]
    growth = replace(
        whole,
        metric_words=("growth_rate",),
        metric_ids=("user_adoption",),
        series={"growth_rate": whole.series["growth_rate"]},
    )
    return replace(catalog, forecasts={name: replace(growth, name=name) for name in models})


@pytest.fixture
def workspace(built_example: BuiltExample, tmp_path: Path) -> Workspace:
    for part in ("state", "lake/marts"):
        shutil.copytree(built_example.root / part, tmp_path / part)
    return Workspace(tmp_path)


@pytest.mark.parametrize("point", ["after_forecast_days", "after_forecast_scores"])
def test_a_kill_shows_nothing_and_the_next_run_makes_it_good(tmp_path: Path, point: str) -> None:
    killed_at(point, _KEEP, tmp_path)
    workspace = Workspace(tmp_path)
    assert lake.version(workspace.forecast_path(DAYS)) is not None
    assert standing_vintages(workspace) == []
    made = forecast(asked(), 50.0, 60.0)
    assert keep_vintages(workspace, [made]) == 1
    assert days_of(workspace, made.vintage.vintage_id) == made.days


@pytest.mark.slow
def test_a_run_after_one_that_was_killed_makes_only_the_rest(workspace: Workspace) -> None:
    killed_at("after_forecast_minute", _RUN, workspace.root)
    [kept] = standing_vintages(workspace)
    models = [_GROWTH, "performance_forecasting"]
    with open_published(workspace) as published:
        run = run_forecasts(published, catalog_of(*models), models, now=EXAMPLE_AS_OF + _HOUR)
    [made] = run.made
    assert run.standing == [kept]
    assert sorted([kept.model, made.vintage.model]) == models
    assert len(standing_vintages(workspace)) == 2


@pytest.mark.slow
def test_a_forecast_is_made_once_kept_and_scored_when_its_days_have_come(
    workspace: Workspace,
) -> None:
    catalog, told = catalog_of(_GROWTH), list[Told]()
    with open_published(workspace) as published:
        # As if a run had made it a month ago, of the days known then.
        [known] = asked_series(
            published, catalog, catalog.forecasts[_GROWTH], as_of=EXAMPLE_AS_OF - _MONTH
        )
        past = forecast(known, at=EXAMPLE_AS_OF - _MONTH)
        keep_vintages(workspace, [past])
        run = run_forecasts(published, catalog, [_GROWTH], now=EXAMPLE_AS_OF, on_series=told.append)
        again = run_forecasts(published, catalog, [_GROWTH], now=EXAMPLE_AS_OF + _HOUR)
    [row] = standing_vintages(workspace)
    assert [each.vintage for each in run.made] == [row] == list(again.standing)
    assert (run.standing, again.made) == ([], [])
    assert vintages_of(workspace, "user_adoption") == [row, past.vintage]
    # At the leads 1, 7 and 30, once.
    assert (run.scored, again.scored) == (3, 0)
    assert [each.number for each in told] == [1]
    assert [day.lead_days for day in days_of(workspace, row.vintage_id)] == list(range(1, 91))
    whole = scorecard(workspace)[0]
    assert (whole.n_live, whole.n_backtest) == (3, len(run.made[0].scores))
    assert whole.verdict == row.status


@pytest.mark.slow
def test_a_lost_process_costs_its_own_series(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anfl_assets.flow.forecasting.make._LIMIT_S", 0.0)
    with open_published(workspace) as published:
        [made] = backtest_of(published, catalog_of(_GROWTH), "user_adoption", now=EXAMPLE_AS_OF)
        run = run_forecasts(published, catalog_of(_GROWTH), [_GROWTH], now=EXAMPLE_AS_OF)
    assert made.vintage.status == "refused"
    assert made.vintage.reason.startswith(LOST)
    assert [row.reason for row in standing_vintages(workspace)] == [run.made[0].vintage.reason]
