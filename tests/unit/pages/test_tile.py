"""What a tile says of a row: literals in, words out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.pages.tile import metric_address, metric_tile, tile
from anfl_assets.report.dashboard import metric_views, panels
from anfl_assets.report.scoreboard import BoardRow

CATALOG = load_catalog()
END = datetime(2026, 11, 23, tzinfo=UTC)
ROW = BoardRow(
    metric_id="inference_latency",
    subject="chat",
    value=1234.5,
    unit="ms",
    target=50.0,
    target_operator="<",
    threshold=100.0,
    status="breached",
    since=END - timedelta(hours=3),
    window_start_at=END - timedelta(minutes=5),
    window_end_at=END,
    grain="5 minutes",
    change=12.34,
    sample_count=1200,
    staleness_s=60.0,
    section="system_metrics",
    domain="model_orchestration",
    severity="critical",
    is_whole=False,
)
LATENCY = CATALOG.metrics["inference_latency"]
REVENUE = CATALOG.metrics["revenue"]


def test_a_tile_says_value_limits_change_window_and_samples() -> None:
    told = tile(LATENCY, ROW, {("inference_latency", "chat"): [(END, 1234.5)]})
    assert told.title == "Inference latency"
    assert told.value == "1,234.5 ms"
    assert (told.target, told.threshold) == ("< 50 ms", "> 100 ms")
    assert told.change == "+12.34 ms vs a day before"
    assert told.verdict_of_change == "worse"
    assert told.window == "5 minutes to 11-23 00:00"
    assert told.samples == "1,200 samples"
    assert told.course == [("2026-11-23T00:00:00Z", 1234.5)]


def test_growth_is_told_with_its_sign_and_period_its_limits_without() -> None:
    row = replace(
        ROW, metric_id="revenue", value=12.3, unit="%", target=25.0, target_operator=">=",
        threshold=15.0, grain="month", change=-0.001,
    )  # fmt: skip
    told = tile(REVENUE, row, {})
    assert told.value == "+12.3 % QoQ"
    assert (told.target, told.threshold) == ("≥ 25 %", "< 15 %")
    assert (told.change, told.verdict_of_change) == ("no change vs the month before", "")


@pytest.mark.parametrize(
    ("change", "text", "verdict"),
    [
        pytest.param(-3.0, "-3 points vs a day before", "worse", id="less of what should be more"),
        pytest.param(0.26, "+0.26 points vs a day before", "better", id="more of it"),
        pytest.param(0.004, "no change vs a day before", "", id="rounds to nothing"),
        pytest.param(None, "–", "", id="nothing to compare with"),
    ],
)
def test_a_change_of_percentages_is_in_points(
    change: float | None, text: str, verdict: str
) -> None:
    row = replace(ROW, metric_id="retention", unit="%", target=95.0, threshold=90.0, change=change)
    told = tile(CATALOG.metrics["retention"], row, {})
    assert (told.change, told.verdict_of_change) == (text, verdict)


def test_a_row_without_data_says_so_and_is_no_zero() -> None:
    row = replace(ROW, value=None, status="no_data", window_start_at=None, window_end_at=None)
    told = tile(LATENCY, row, {})
    assert (told.value, told.window, told.course) == ("–", "–", [])


def test_the_same_row_looked_at_later_is_the_same_tile() -> None:
    later = replace(ROW, staleness_s=65.0)
    assert tile(LATENCY, ROW, {}) == tile(LATENCY, later, {})


def test_the_headline_is_the_whole_and_parts_on_target_are_counted() -> None:
    board = [
        ROW,
        replace(ROW, subject="all", status="off_target", is_whole=True),
        replace(ROW, subject="calm", status="on_target"),
    ]
    [view] = [each for each in metric_views(CATALOG, board) if each.metric is LATENCY]
    group = metric_tile(view, {})
    assert group.headline.row.subject == "all"
    assert [part.row.subject for part in group.parts] == ["chat"]
    assert group.calm_count == 1
    assert group.worst == "breached"


def test_without_a_whole_the_worst_part_is_the_headline() -> None:
    board = [ROW, replace(ROW, subject="calm", status="on_target")]
    [view] = metric_views(CATALOG, board)
    assert view.headline is ROW


def test_panels_are_the_catalogs_and_hold_their_metrics() -> None:
    shown = panels(CATALOG, "executive", [ROW])
    assert [panel.title for panel in shown] == [
        "Business growth", "System health", "Key performance indicators",
    ]  # fmt: skip
    assert [view.metric.metric_id for panel in shown for view in panel.metrics] == [
        "inference_latency"
    ]


@pytest.mark.parametrize(
    ("subject", "address"),
    [
        pytest.param(None, "/metrics/revenue", id="the metric"),
        pytest.param("a/b &c", "/metrics/revenue?subject=a%2Fb+%26c", id="a hostile name"),
        pytest.param("<script>", "/metrics/revenue?subject=%3Cscript%3E", id="markup"),
    ],
)
def test_an_address_is_inert_whatever_the_subject_is_called(
    subject: str | None, address: str
) -> None:
    assert metric_address("revenue", subject) == address
