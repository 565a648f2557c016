"""`import anfl_assets as anfl` on the example: the same numbers everybody else sees, as frames."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import anfl_assets as anfl
from anfl_assets.errors import UserError, WorkspaceError
from anfl_assets.explore.board import SCHEMA as BOARD_SCHEMA
from anfl_assets.explore.history import SCHEMA as HISTORY_SCHEMA
from anfl_assets.explore.incidents import SCHEMA as INCIDENT_SCHEMA
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.store.workspace import open_workspace
from tests.integration.built_example import BuiltExample

pytestmark = pytest.mark.slow
# Chat answers with errors since 09:20, after a faulty release.
INCIDENT_AT = "2026-11-15T09:30:00Z"


@pytest.fixture(autouse=True)
def data_dir(built_example: BuiltExample, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANFL_DATA_DIR", str(built_example.root))
    monkeypatch.delenv("ANFL_ALERTS_URL", raising=False)
    return built_example.root


@pytest.fixture(scope="module")
def truth(built_example: BuiltExample) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((built_example.root / "example" / "truth.json").read_text())
    return loaded


def _asked(*arguments: str, data_dir: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "anfl_assets.cli", *arguments, "--data-dir", str(data_dir)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


def _as_json(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in frame.iter_rows(named=True)
    ]


def test_importing_the_package_loads_nothing_of_it_and_no_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import anfl_assets;"
        "new = set(sys.modules) - before;"
        "print(sorted(n for n in new if n.partition('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['anfl_assets']"


def test_revenue_prints_its_history_as_the_readme_says() -> None:
    program = "import anfl_assets as anfl; print(anfl.metric('revenue').history())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "shape: (18, 14)" in done.stdout
    assert "│ subject ┆" in done.stdout


def test_status_is_what_the_command_prints(data_dir: Path) -> None:
    frame = anfl.status()
    printed = _asked("status", "--json", data_dir=data_dir)
    assert frame.schema == BOARD_SCHEMA
    assert list(printed[0]) == frame.columns
    for mine, theirs in zip(_as_json(frame), printed, strict=True):
        # The one thing that goes on while both are asked.
        mine_s, theirs_s = mine.pop("staleness_s"), theirs.pop("staleness_s")
        assert (mine_s is None) == (theirs_s is None)
        assert mine == theirs


def test_status_as_of_is_what_the_command_prints_as_of(data_dir: Path) -> None:
    printed = _asked("status", "--json", "--as-of", "2026-11-15T09:30Z", data_dir=data_dir)
    board = anfl.status(as_of=INCIDENT_AT)
    assert _as_json(board) == printed
    chat = board.row(
        by_predicate=(pl.col("metric_id") == "error_rate")
        & (pl.col("subject") == "chat-completion"),
        named=True,
    )
    assert (chat["status"], chat["since"]) == (
        "breached",
        datetime(2026, 11, 15, 9, 20, tzinfo=UTC),
    )


def test_history_has_what_the_company_knows_of_every_judged_window(truth: dict[str, Any]) -> None:
    wrong = [
        (expected["metric_id"], expected["subject"], found.to_dicts())
        for expected in (*truth["metrics"], *truth["past"])
        if not _agrees(found := _window(expected), expected)
    ]
    assert wrong == []


def _window(expected: Mapping[str, Any]) -> pl.DataFrame:
    return anfl.metric(expected["metric_id"]).history(
        expected["grain"], expected["subject"],
        since=expected["window_start_at"], until=expected["window_end_at"],
    )  # fmt: skip


def _agrees(found: pl.DataFrame, expected: Mapping[str, Any]) -> bool:
    return (
        found.height == 1
        and found["status"].item() == expected["status"]
        and found["unit"].item() == expected["unit"]
        and found["value"].item()
        == pytest.approx(expected["value"], rel=expected["relative_tolerance"])
    )


def test_a_history_is_by_subject_and_time_with_its_limits() -> None:
    found = anfl.metric("market_share").history()
    assert found.schema == HISTORY_SCHEMA
    assert found["subject"].to_list() == ["europe"] * 9 + ["north_america"] * 9
    assert found["window_end_at"][8] == datetime(2026, 10, 1, tzinfo=UTC)
    assert found.sort("subject", "window_end_at").equals(found)
    assert found.select("unit", "target", "threshold").unique().rows() == [("%", 15.0, 10.0)]


def test_a_grain_that_is_not_judged_has_no_status_and_no_limit() -> None:
    found = anfl.metric("inference_latency").history("day", "embeddings", since="2026-11-22")
    assert found.height == 1
    assert found.select("status", "target", "threshold").row(0) == (None, None, None)
    assert found["value"].item() > 0


def test_as_of_leaves_the_windows_that_had_ended() -> None:
    latency = anfl.metric("latency")
    found = latency.history(subject="embeddings", since="2026-11-13", as_of="2026-11-13T00:12")
    assert [f"{at:%H:%M}" for at in found["window_end_at"]] == ["00:05", "00:10"]


def test_a_stretch_without_windows_is_an_empty_frame_of_the_same_columns() -> None:
    found = anfl.metric("latency").history(since="2031-01-01")
    assert (found.height, found.schema) == (0, HISTORY_SCHEMA)


@pytest.mark.parametrize(
    ("grain", "subject", "said"),
    [
        pytest.param("year", None, "is not observed by 'year'; it is by '5 minutes'", id="grain"),
        pytest.param(None, "embedings", "did you mean 'embeddings'", id="misspelt subject"),
        pytest.param(None, "x' or 1=1 --", 'has no subject "x\' or 1=1 --"', id="hostile subject"),
        pytest.param(None, ["embeddings", "\x1b[2J"], "has no subject", id="one of several"),
    ],
)
def test_a_name_that_is_not_there_is_said(
    grain: str | None, subject: str | list[str] | None, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        anfl.metric("latency").history(grain, subject)


def test_a_metric_knows_its_grains_subjects_and_sql() -> None:
    market_share = anfl.metric("market_share")
    assert market_share.grains == ["quarter"]
    assert market_share.subjects == ["europe", "north_america"]
    assert "market_share" in market_share.sql


def test_a_chart_draws_the_newest_windows_with_both_limits() -> None:
    spec = anfl.metric("revenue").chart().to_dict()
    points = spec["datasets"][spec["data"]["name"]]
    assert len(points) == 18
    assert {point["subject"] for point in points} == {"all"}
    told = json.dumps(spec)
    assert "target 25 %" in told
    assert "threshold 15 %" in told
    assert spec["title"]["text"].startswith("revenue: ")


def test_a_chart_of_more_than_a_browser_draws_says_what_to_choose() -> None:
    with pytest.raises(UserError, match="choose a coarser grain"):
        anfl.metric("uptime").chart("5 minutes", since="2025-05-01")


def test_incidents_are_an_empty_frame_where_alerting_has_never_run(data_dir: Path) -> None:
    before = sorted(each.name for each in (data_dir / "state").iterdir())
    found = anfl.incidents()
    assert (found.height, found.schema) == (0, INCIDENT_SCHEMA)
    assert sorted(each.name for each in (data_dir / "state").iterdir()) == before


def test_simulated_data_is_said(data_dir: Path, tmp_path: Path) -> None:
    bound = open_workspace(tmp_path / "bound")
    bind_feeds(bound, data_dir / "example" / "feeds.yaml")
    told = replace(anfl.open(), workspace=bound).notices()
    assert told[0].startswith("Simulated data: Example Company (simulated) is made up")


def test_everything_is_asked_inside_a_running_event_loop() -> None:
    async def cell() -> tuple[int, int]:
        return anfl.status().height, anfl.sql("select 1").height

    boards, answers = asyncio.run(cell())
    assert boards > 50
    assert answers == 1


def test_where_nothing_is_built_it_is_said_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path / "none"))
    assert anfl.metric("revenue").target == "25% QoQ"
    for ask in (anfl.status, anfl.tables, anfl.metric("revenue").history, anfl.incidents):
        with pytest.raises(
            WorkspaceError, match="nothing is published there; run `anfl run --data"
        ):
            ask()
    assert list(tmp_path.iterdir()) == []


def test_known_at_is_the_build_of_then_and_a_time_before_says_so(data_dir: Path) -> None:
    newest = anfl.open(data_dir)
    assert anfl.open(known_at=newest.published_at).build.build_id == newest.build.build_id
    with pytest.raises(WorkspaceError, match="nothing was published by 2020-01-01 00:00 UTC"):
        anfl.open(known_at="2020-01-01")


def test_a_handle_answers_as_the_functions_do(data_dir: Path) -> None:
    reader = anfl.open(data_dir)
    assert reader.metric("revenue").history().equals(anfl.metric("revenue").history())
    assert reader.status(as_of=INCIDENT_AT).equals(anfl.status(as_of=INCIDENT_AT))
    assert [each.metric_id for each in reader.metrics()] == [
        each.metric_id for each in anfl.metrics()
    ]
