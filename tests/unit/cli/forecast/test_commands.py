"""`anfl forecast` on a data folder whose forecasts were written by hand."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.cli import main
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import open_workspace
from tests.forecast_rows import calm, distrusted, fan, put, refused, score, vintage

DISK = vintage(recent=[*[80.0] * 20, None, *[83.0] * 9])
CPU = calm(vintage_id="v-cpu", subject="db-2/cpu", recent=[40.0] * 30)
NET = distrusted(vintage_id="v-net", subject="db-2/net", recent=[88.0] * 30)
SHORT = refused(vintage_id="v-new", subject="new/disk", recent=[50.0] * 10)
LATENCY = calm(vintage_id="v-lat", model="performance_forecasting", metric_id="inference_latency",
               subject="all", form="daily p95", unit="ms", target=50.0, threshold=100.0,
               horizon_days=30, recent=[45.0] * 30)  # fmt: skip
Ask = Callable[..., tuple[int, str]]
ROWS = [DISK, CPU, NET, SHORT, LATENCY]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of five series."""
    workspace = open_workspace(tmp_path_factory.mktemp("forecasts"))
    with open_ledger(workspace):
        pass
    days = [day for row in ROWS for day in fan(row)]
    scores = [score(DISK, 1), score(DISK, 30, error=3.0), score(DISK, 1, kind="live")]
    put(workspace, ROWS, days, [*scores, score(CPU, 1)])
    return workspace.root


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command on the folder; return its exit code and what it wrote."""
    monkeypatch.setenv("ANFL_DATA_DIR", str(folder))

    def asked(*arguments: str) -> tuple[int, str]:
        code = main.invoke(["forecast", *arguments])
        written = capsys.readouterr()
        return code, written.err if code else written.out

    return asked


def _json(ask: Ask, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    code, text = ask(*arguments, "--json")
    assert code == 0
    return json.loads(text, parse_constant=pytest.fail)


def test_one_forecast_is_drawn_and_told(ask: Ask) -> None:
    code, text = ask("show", "resource_usage", "--subject", "db-2/disk")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert code == 0
    assert lines[:3] == [
        "resource_utilization, db-2/disk, daily peak: 90 days from 2026-11-22, in %",
        "capacity_planning, made 2026-11-23 03:00 UTC, learned from 365 days",
        "✔ forecastable: better than drift by 21 %, and its intervals hold",
    ]
    assert "══ threshold > 90 % ┄┄ target 80 % ◆ even odds of having crossed" in lines
    assert "30 d 2026-12-22 87.60 85.60 … 89.60 83.60 … 91.60 33 %" in lines
    assert "left out 1 not run: its optimiser did not converge" in lines
    assert "treated 3 spikes set aside" in lines


def test_several_forecasts_are_listed_with_their_course(ask: Ask) -> None:
    _, text = ask("show", "resource_usage")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    course = "▁▁▁▁▁▁▁▁▁▁|▇▇▇▇▇███"
    assert f"db-2/cpu daily peak {course} 40.00 % 90.80 … 98.80 3 % ✔ forecastable" in lines
    assert "new/disk daily peak ▁▁▁▁▁▁▁▁▁▁| 50.00 % – – … not forecast" in lines


def test_a_refused_series_is_told_with_its_reason(ask: Ask) -> None:
    _, text = ask("show", "resource_usage", "--subject", "new/disk")
    assert "… not forecast: 10 days with a value; it takes 28" in text


def test_a_machine_reads_the_vintage_and_its_days(ask: Ask) -> None:
    found, *others = _json(ask, "show", "response_time")
    assert others == []
    assert (found["metric_id"], found["origin_day"], len(found["days"])) == (
        "inference_latency", "2026-11-22", 30,
    )  # fmt: skip
    assert found["days"][0]["day"] == "2026-11-23"


def test_crossings_come_soonest_first_and_the_distrusted_apart(ask: Ask) -> None:
    _, text = ask("crossing")
    trusted, distrusted_part = text.split("Not forecastable, and not to be relied on")
    assert "db-2/disk, daily peak" in trusted
    assert "and 2 below 5 % (--all shows them)" in trusted
    assert "db-2/net, daily peak" in distrusted_part
    assert "new/disk, daily peak: 10 days with a value; it takes 28" in distrusted_part


def test_crossings_for_a_machine_have_every_series(ask: Ask) -> None:
    found = _json(ask, "crossing", "--within", "30d")
    assert [row["subject"] for row in found] == [
        "db-2/cpu", "db-2/disk", "db-2/net", "all", "new/disk",
    ]  # fmt: skip
    assert found[1]["probability"] == pytest.approx(1 / 3)
    assert found[1]["day_50"] is None
    whole = _json(ask, "crossing", "resource_usage", "--subject", "db-2/disk")
    assert date.fromisoformat(whole[0]["day_50"]) == date(2027, 1, 12)


def test_a_longer_horizon_than_was_forecast_is_not_pretended(ask: Ask) -> None:
    _, text = ask("crossing", "latency", "--within", "60d")
    assert "performance_forecasting looks 30 days ahead: nothing can be said" in text


def test_a_scorecard_tells_each_series_and_lead(ask: Ask) -> None:
    found = _json(ask, "scorecard")
    told = [(r["subject"], r["lead_days"], r["n_backtest"], r["n_live"], r["mase"]) for r in found]
    assert told == [
        ("db-2/cpu", None, 1, 0, pytest.approx(2 / 3)),
        ("db-2/cpu", 1, 1, 0, pytest.approx(2 / 3)),
        ("db-2/disk", None, 2, 1, pytest.approx(10 / 9)),
        ("db-2/disk", 1, 1, 1, pytest.approx(2 / 3)),
        ("db-2/disk", 30, 1, 0, pytest.approx(2.0)),
    ]
    assert found[0]["verdict"] == "forecastable"


def test_a_scorecard_is_of_what_came_true_alone_where_asked(ask: Ask) -> None:
    found = _json(ask, "scorecard", "--live", "--lead", "1")
    assert [(row["n_backtest"], row["n_live"]) for row in found] == [(0, 1)]


def test_a_scorecard_sums_up_and_says_how_to_read_it(ask: Ask) -> None:
    _, text = ask("scorecard")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "capacity_planning: 2 of 2 series forecastable"
    assert "all 2 4 1.00 1.33 +25 % 0 % 100 %" in lines
    assert any(line.startswith("MASE mean error as a multiple") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["show", "uptime"], "'uptime' is not forecast", id="not forecast"),
        pytest.param(["show", "throughput"], "no forecast of throughput was made yet", id="none"),
        pytest.param(["show", "resource_usage", "--png", "x.png"], "choose with --subject",
                     id="a picture of several"),
        pytest.param(["crossing", "--level", "85"], "name it: METRIC --level X", id="whose level"),
        pytest.param(["crossing", "--within", "2h"], "expected at least 1d", id="hours"),
        pytest.param(["scorecard", "--lead", "5"], "expected one of 1, 30", id="lead"),
        pytest.param(["run", "weather"], "expected one of capacity_planning, performance_forecasti",
                     id="model"),
        pytest.param(["sho"], "did you mean 'show'?", id="command"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_to_do(ask: Ask, arguments: list[str], told: str) -> None:
    code, text = ask(*arguments)
    assert code == 2
    assert told in " ".join(text.split())


def test_a_folder_that_is_none_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.invoke(["forecast", "crossing", "--data-dir", str(tmp_path / "none")]) == 2
    assert "no data folder; `anfl run" in capsys.readouterr().err
