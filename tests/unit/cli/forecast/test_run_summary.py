"""What a run says of itself: each model's series, and whether anything changed."""

import pytest

from anfl_assets.cli.forecast.run_summary import Done, document, summaries, tell_run
from anfl_assets.cli.render import console
from anfl_assets.flow.forecasting.run import ForecastRun
from anfl_assets.flow.forecasting.vintage import Made
from anfl_assets.report.forecasts import VintageRow
from tests.forecast_rows import calm, distrusted, fan, refused, vintage

MODELS = ["capacity_planning", "performance_forecasting"]


def _done(made: list[VintageRow], standing: list[VintageRow], *, is_kept: bool = True) -> Done:
    run = ForecastRun([Made(row, fan(row), ()) for row in made], standing, scored=4)
    return Done(run, {"capacity_planning": 7.04}, 3.2, is_kept=is_kept)


def test_every_series_is_counted_once_by_its_verdict() -> None:
    standing = [calm(model="performance_forecasting")]
    rows = [vintage(), distrusted(), refused(), *standing]
    found = summaries(rows, standing, MODELS, {"capacity_planning": 7.04})
    assert [tuple(vars(each).values()) for each in found] == [
        ("capacity_planning", 3, 1, 1, 1, 0, 7.0),
        ("performance_forecasting", 1, 1, 0, 0, 1, 0.0),
    ]


def _told(done: Done, capsys: pytest.CaptureFixture[str]) -> str:
    tell_run(console(), done, MODELS)
    return " ".join(capsys.readouterr().out.split())


def test_a_run_says_what_is_foretold(capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(_done([vintage(recent=[84.0]), calm()], []), capsys)
    assert "2 made and kept, 4 days of earlier forecasts scored. 3.2 s." in told
    assert "resource_utilization 84.00 % > 90 % 97 % 2027-01-12 2027-01-30 2027-01-13" in told


def test_a_run_without_a_change_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(_done([], [calm()]), capsys)
    assert "Nothing changed: every forecast stands; 4 days of earlier forecasts scored." in told
    assert "No crossing is foretold." in told


def test_a_look_back_says_that_it_was_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert "A look back: nothing was kept." in _told(_done([calm()], [], is_kept=False), capsys)


def test_a_company_without_a_window_has_nothing_to_forecast(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = _told(_done([], []), capsys)
    assert told == "No window has ended yet: there is nothing to forecast."


def test_a_machine_reads_the_same() -> None:
    told = document(_done([vintage()], [refused()]), MODELS)
    assert (told["made"], told["standing"], told["scored"]) == (1, 1, 4)
    assert [row["subject"] for row in told["foretold"]] == ["db-2/disk"]  # type: ignore[attr-defined] # rows
