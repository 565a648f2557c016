"""Each notebook from top to bottom on the example, held to what the example company knows."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import distrusted, fan, put, score, vintage
from tests.integration.built_example import BuiltExample

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.fixture(autouse=True)
def _at_the_example(built_example: BuiltExample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANFL_DATA_DIR", str(built_example.root))
    monkeypatch.delenv("ANFL_ALERTS_URL", raising=False)


def opened(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"notebook_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(notebook: str, /, **given: object) -> dict[str, Any]:
    """Run a notebook; return what its cells define, with `given` in the place of controls."""
    _, defined = opened(notebook).app.run(defs=given)
    found: dict[str, Any] = dict(defined)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_learning_shows_every_metric_of_the_catalog_with_its_worst_value_now() -> None:
    overview: pl.DataFrame = run("learn_the_metrics")["overview"]
    assert overview["metric"].to_list() == list(load_catalog().metrics)
    rows = {row[0]: row[1:] for row in overview.iter_rows()}
    assert rows["inference_latency"] == (
        "Time to complete model inference", "<50ms", "100ms",
        "148.43 ms", "image-generation", "✖ breached",
    )  # fmt: skip
    assert rows["revenue"][1:] == ("25% QoQ", "15% QoQ", "29.64 %", "all", "✔ on target")
    assert rows["market_share"][3:] == ("7.5 %", "europe", "✖ breached")


def test_learning_a_domain_shows_its_metrics_alone() -> None:
    chosen = run("learn_the_metrics", domain=SimpleNamespace(value="infrastructure"))["chosen"]
    assert [each.metric_id for each in chosen] == [
        "uptime", "resource_utilization", "scaling_efficiency"
    ]  # fmt: skip


def test_exploring_begins_with_the_worst_subject_beside_the_whole() -> None:
    summary: pl.DataFrame = run("explore_a_metric")["summary"]
    assert summary["subject"].to_list() == ["all", "image-generation"]
    # Two days of windows of five minutes; 38 of them since 20:50 of the second day are breached.
    assert summary["windows"].to_list() == [576, 576]
    assert summary["newest"][1] == pytest.approx(148.43, abs=0.01)
    assert summary["on target (%)"][1] == pytest.approx(100 * (576 - 38) / 576, abs=0.001)


@pytest.mark.parametrize("metric_id", list(load_catalog().metrics))
def test_every_metric_can_be_explored_and_compared(metric_id: str) -> None:
    name = SimpleNamespace(value=metric_id)
    assert run("explore_a_metric", name=name)["summary"].height >= 1
    compared = run("compare_two_periods", name=name)
    assert set(compared["windows"]["period"]) == {"this period", "period before"}
    assert compared["compared"].height >= 1


def test_comparing_says_which_subject_brought_the_change() -> None:
    found = run("compare_two_periods")
    assert (found["ends"][0], found["ends"][-1]) == (at("2026-11-23"), at("2026-11-10"))
    parts: pl.DataFrame = found["contributions"]
    first = parts.row(0, named=True)
    # Moderation erred on Sunday; chat had on the Sunday before.
    assert parts.select("subject", "effect").rows()[:2] == [
        ("moderation", "rate"), ("chat-completion", "rate")
    ]  # fmt: skip
    assert parts["amount"].sum() == pytest.approx(first["after"] - first["before"])


def test_investigating_finds_the_planted_incidents_and_what_went_wrong_with_them() -> None:
    found = run("investigate_an_incident")
    stretches = {
        (row["metric_id"], row["subject"], row["grain"]): (row["began_at"], row["until_at"])
        for row in found["stretches"].iter_rows(named=True)
    }
    assert stretches["error_rate", "chat-completion", "5 minutes"] == (
        at("2026-11-15T09:20"), at("2026-11-15T09:55")
    )  # fmt: skip
    assert stretches["uptime", "speech-to-text", "5 minutes"] == (
        at("2026-11-11T10:20"), at("2026-11-11T11:55")
    )  # fmt: skip
    # Windows of thirty days overlap: as on the board, it began on the day that made the miss.
    assert stretches["uptime", "speech-to-text", "30 days"][0] == at("2026-11-11")
    assert (found["incident"]["metric_id"], found["incident"]["subject"]) == (
        "inference_latency", "image-generation"
    )  # fmt: skip
    assert found["incident"]["began_at"] == at("2026-11-22T20:50")
    meanwhile = found["meanwhile"].select("metric_id", "subject", "status").rows()
    assert ("throughput", "image-generation", "breached") in meanwhile


def test_a_forecast_is_judged_by_its_scored_days_pooled_by_lead(
    built_example: BuiltExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    (root / "lake").mkdir(parents=True)
    for name in ("state", "builds"):
        (root / name).symlink_to(built_example.root / name)
    good = vintage(recent=[80.0, 84.0])
    bad = distrusted(vintage_id="v-bad", subject="batch-1/memory")
    scores = [score(good, 7), score(good, 7, kind="live", error=4.0), score(bad, 1, error=3.0)]
    put(Workspace(root), [good, bad], [*fan(good), *fan(bad)], scores)
    monkeypatch.setenv("ANFL_DATA_DIR", str(root))
    found = run("judge_a_forecast")
    assert found["verdicts"] == {"forecastable": 1, "not_forecastable": 1}
    assert found["by_lead"].select("lead_days", "days", "mase", "floor_mase").rows() == [
        (1, 1, pytest.approx(3 / 1.5), pytest.approx(2 / 1.5)),
        (7, 2, pytest.approx((1 + 4) / 2 / 1.5), pytest.approx(2 / 1.5)),
    ]
    assert "crosses 90 % around 12 January (even odds)" in str(found["chosen"])
    assert found["own"]["n_live"].to_list() == [1, 1]


def test_where_nothing_is_forecast_judging_says_what_to_run() -> None:
    outputs, defined = opened("judge_a_forecast").app.run()
    shown = "".join(str(getattr(each, "text", "")) for each in outputs)
    assert "anfl forecast run" in shown
    assert "chosen" not in defined


def test_the_draft_of_a_metric_is_taken_as_it_stands() -> None:
    found = run("add_a_metric")
    assert found["faults"] == []
    [metric] = found["metrics"]
    assert (metric.model, str(metric.target)) == ("int_quality__answer_quality", ">95%")
    assert "int_quality__answer_quality.sql" in found["steps"]
    assert found["entry"].startswith("error_rate:\n  description: ")
    assert "as metric_id" in found["sql"]
    assert "unit_tests:" in found["unit_test"]


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        pytest.param("quality: {q: {target: '<50'}}", "q.target: found", id="no unit"),
        pytest.param("quality: {revenue: {}}", "revenue: a metric of that name", id="taken"),
        pytest.param("quality: [", "no YAML: ", id="no YAML"),
        pytest.param("just words", "expected a domain", id="no mapping"),
        pytest.param("", "expected a domain", id="nothing"),
        pytest.param("quality: {q: words}", "metrics.yaml: ", id="no entry"),
    ],
)
def test_a_faulty_draft_is_told_by_the_catalogs_own_parser(draft: str, said: str) -> None:
    metrics, faults = opened("add_a_metric").checked("system_metrics", draft)
    assert metrics == []
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_is_built_a_notebook_says_what_to_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path / "none"))
    outputs, defined = opened(name).app.run()
    if name == "add_a_metric":
        assert defined["faults"] == []
        return
    shown = "".join(str(getattr(each, "text", "")) for each in outputs)
    assert "nothing is published there; run `anfl run" in shown
    assert "reader" not in defined
