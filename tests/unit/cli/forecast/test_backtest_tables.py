"""A backtest at the terminal: candidates with what they are worth, origins with how far off."""

from dataclasses import replace

import pytest

from anfl_assets.cli.forecast.backtest_tables import tell_backtest, tell_backtests
from anfl_assets.cli.render import console
from anfl_assets.flow.forecasting.vintage import Made
from tests.forecast_rows import fan, refused, score, vintage

ROW = vintage()
SCORES = [
    score(ROW, 1),
    replace(score(ROW, 7), actual=81.0, mean=80.25),
    replace(score(ROW, 30, error=6.0), actual=90.0, mean=84.0, floor=82.5),
]


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_one_series_is_told_by_candidate_and_by_origin(capsys: pytest.CaptureFixture[str]) -> None:
    tell_backtest(console(), Made(ROW, fan(ROW), SCORES))
    lines = _lines(capsys)
    assert "theta 70 % 0.81" in lines
    assert "prophet 0 % – its optimiser did not converge" in lines
    # Errors over the scale of 1.5: outside 80 %, inside it, outside both.
    assert "2026-08-14 0.67 / 1.33 ○ 0.50 / 0.67 · 4.00 / 5.00 ✖" in lines


def test_a_refused_series_has_only_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    tell_backtest(console(), Made(refused(), (), ()))
    assert "… not forecast: 10 days with a value; it takes 28" in _lines(capsys)


def test_several_series_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    tell_backtests(console(), [Made(ROW, (), SCORES), Made(refused(subject="new"), (), ())])
    lines = _lines(capsys)
    named = "resource_utilization,"
    assert f"{named} db-2/disk, daily peak 0.79 1.00 +21 % 81 % 95 % ✔ forecastable" in lines
    assert f"{named} new, daily peak – – – – – … not forecast" in lines
