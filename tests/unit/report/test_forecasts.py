"""Which vintage stands, what is read of it, when it is old and when it may alert."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.forecasting.keep import keep_vintages
from anfl_assets.report.forecasts import (
    VINTAGES,
    VintageRow,
    days_of,
    days_of_all,
    foretells,
    is_stale,
    standing_vintages,
    vintages_of,
)
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace
from tests.unit.flow.forecasting.ledger_rows import MADE_AT, ORIGIN, asked, forecast, refused

HOUR = timedelta(hours=1)
LATER = asked(last_day=date(2026, 4, 2))


def test_without_a_table_nothing_stands(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert standing_vintages(workspace) == []
    assert vintages_of(workspace, "resource_utilization") == []
    assert days_of(workspace, "20260331-0") == []


def test_what_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    made = forecast(asked(1.0, float("nan"), 3.0), 50.0, 60.0, weights=[0.5, 0.5])
    keep_vintages(workspace, [made])
    [row] = standing_vintages(workspace)
    assert row == made.vintage
    assert row.recent == [1.0, None, 3.0]
    assert days_of(workspace, row.vintage_id) == made.days


def test_the_newest_origin_stands_then_what_was_made_last(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    first, again = forecast(asked()), forecast(asked(), at=MADE_AT + HOUR)
    newest = forecast(LATER, at=MADE_AT - HOUR)
    keep_vintages(workspace, [first])
    keep_vintages(workspace, [again])
    assert standing_vintages(workspace) == [again.vintage]
    keep_vintages(workspace, [newest])
    assert standing_vintages(workspace) == [newest.vintage]
    assert standing_vintages(workspace, known_at=MADE_AT - HOUR) == [newest.vintage]
    assert standing_vintages(workspace, known_at=MADE_AT - 2 * HOUR) == []
    every = vintages_of(workspace, "resource_utilization")
    assert every == [newest.vintage, again.vintage, first.vintage]
    assert vintages_of(workspace, "resource_utilization", since=date(2026, 4, 1)) == every[:1]
    assert vintages_of(workspace, "resource_utilization", subject="other") == []


def test_each_series_has_its_own(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    made = [forecast(asked(subject=name), 1.0) for name in ("b/cpu", "a/cpu")]
    keep_vintages(workspace, [*made, refused(asked(subject="c/cpu"))])
    standing = standing_vintages(workspace)
    assert [row.subject for row in standing] == ["a/cpu", "b/cpu", "c/cpu"]
    days = days_of_all(workspace, [row.vintage_id for row in standing])
    assert set(days) == {row.vintage_id for row in standing[:2]}


def test_rows_from_before_a_column_say_its_default(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    keep_vintages(workspace, [forecast(asked(), 1.0)])
    _write_without(workspace, "program")
    [row] = standing_vintages(workspace)
    assert row.program == ""


def test_rows_that_lack_what_has_no_default_are_as_good_as_none(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    keep_vintages(workspace, [forecast(asked(), 1.0)])
    _write_without(workspace, "horizon_days")
    assert standing_vintages(workspace) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({}, True, id="trusted and across in its mean"),
        pytest.param({"threshold_probability": 0.5}, True, id="an even chance"),
        pytest.param({"threshold_probability": 0.49}, False, id="less than an even chance"),
        pytest.param({"threshold_probability": None}, False, id="no probability"),
        pytest.param({"threshold_day_expected": None}, False, id="the mean never crosses"),
        pytest.param({"is_across_now": True}, False, id="across already"),
        pytest.param({"status": "not_forecastable"}, False, id="not trusted"),
    ],
)
def test_a_vintage_foretells_only_what_it_is_trusted_with(
    changed: dict[str, object], *, says: bool
) -> None:
    row = replace(
        forecast(asked()).vintage,
        threshold_probability=0.8,
        threshold_day_expected=date(2026, 5, 1),
    )
    assert foretells(row)
    assert foretells(replace(row, **changed)) is says  # type: ignore[arg-type]  # fields by name


def test_a_refused_one_foretells_nothing() -> None:
    assert not foretells(refused(asked()).vintage)


@pytest.mark.parametrize(
    ("model", "now", "stale"),
    [
        ("performance_forecasting", datetime(2026, 4, 3, tzinfo=UTC), False),
        ("performance_forecasting", datetime(2026, 4, 3, 0, 1, tzinfo=UTC), True),
        ("capacity_planning", datetime(2026, 4, 15, tzinfo=UTC), False),
        ("capacity_planning", datetime(2026, 4, 15, 0, 1, tzinfo=UTC), True),
    ],
)
def test_a_forecast_is_stale_after_twice_its_cadence(
    model: str, now: datetime, *, stale: bool
) -> None:
    assert forecast(asked()).vintage.origin_day == ORIGIN
    assert is_stale(forecast(asked()).vintage, load_catalog().forecasts[model], now) is stale


def _write_without(workspace: Workspace, column: str) -> None:
    path = workspace.forecast_path(VINTAGES)
    kept = lake.read(path)
    assert kept is not None
    assert column in {each.name for each in fields(VintageRow)}
    lake.overwrite(path, kept.select(pl.exclude(column)), metadata={})
