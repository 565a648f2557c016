"""Lines of a chart: the important ones first, few enough to draw, gaps as gaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from anfl_assets.chart.types import Limits, Line, Point
from anfl_assets.pages.metric.lines import (
    drawn,
    limits,
    lines,
    subjects_in_order,
    with_own_limits,
)
from anfl_assets.pages.metric.spans import Span
from anfl_assets.report.course import Points
from anfl_assets.report.scoreboard import BoardRow

END = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROW = BoardRow(
    metric_id="inference_latency",
    subject="chat",
    value=120.0,
    unit="ms",
    target=50.0,
    target_operator="<",
    threshold=100.0,
    status="breached",
    since=END,
    window_start_at=END - HOUR,
    window_end_at=END,
    grain="hour",
    change=None,
    sample_count=10,
    staleness_s=0.0,
    section="system_metrics",
    domain="model_orchestration",
    severity=None,
    is_whole=False,
)
WORST_FIRST = [
    ROW,
    replace(ROW, subject="all", is_whole=True),
    replace(ROW, subject="batch", target=500.0, threshold=1000.0, status="on_target"),
]


def test_the_whole_comes_first_and_then_the_worst() -> None:
    assert subjects_in_order(WORST_FIRST, ()) == ("all", "chat", "batch")
    assert subjects_in_order(WORST_FIRST, ("batch", "chat")) == ("chat", "batch")


def test_the_more_windows_a_line_has_the_fewer_lines_are_drawn() -> None:
    names = [f"service-{n}" for n in range(60)]

    def shown(days: int, grain: str) -> int:
        return len(drawn(names, Span(END - timedelta(days=days), END, grain)))

    assert shown(7, "day") == 50
    assert shown(1, "5 minutes") == 20
    assert shown(30, "hour") == 8
    assert shown(400, "event") == 8


def test_a_missing_window_is_a_gap() -> None:
    points = [(END - 4 * HOUR, 1.0), (END - 3 * HOUR, None), (END, 2.0)]
    assert lines({"chat": points}, ["chat", "gone"], "hour") == [
        Line("chat", [
            Point(END - 4 * HOUR, 1.0),
            Point(END - 3 * HOUR, None),
            Point(END - 1.5 * HOUR, None),
            Point(END, 2.0),
        ]),
    ]  # fmt: skip


def test_months_of_different_lengths_and_events_have_no_gaps_between_them() -> None:
    months: Points = [(datetime(2026, n, 1, tzinfo=UTC), 1.0) for n in (1, 2, 3, 4)]
    assert all(p.value == 1.0 for p in lines({"all": months}, ["all"], "month")[0].points)
    events: Points = [(END - timedelta(days=90), 1.0), (END, 1.0)]
    assert len(lines({"all": events}, ["all"], "event")[0].points) == 2


def test_target_and_threshold_are_those_of_the_headline_and_exceptions_are_named() -> None:
    assert limits(WORST_FIRST[1]) == Limits(50.0, 100.0, "ms")
    assert limits(None) is None
    assert with_own_limits(WORST_FIRST, ("all", "chat", "batch")) == ["batch"]
    assert with_own_limits(WORST_FIRST, ()) == []
