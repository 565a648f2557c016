"""What the picture in a message shows: the windows, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from anfl_assets.chart.types import Point
from anfl_assets.deliver.message import Line, Message
from anfl_assets.flow.alerting.pictures.series import picture_of
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def line(subject: str = "chat", value: float | None = 120.0) -> Line:
    return Line(
        "inference_latency",
        "Inference latency",
        subject,
        "5 minutes",
        "breached",
        value,
        "ms",
        50.0,
        "<",
        100.0,
        NOW - 2 * FIVE,
        NOW,
    )


def message(*lines: Line) -> Message:
    return Message("first", "critical", NOW, "7", lines=lines)


def test_live_windows_are_drawn_with_gaps_where_none_ended(tmp_path: Path) -> None:
    live = {NOW - 8 * FIVE: 48.0, NOW - 7 * FIVE: 49.0, NOW - FIVE: float("nan"), NOW: 120.0}
    picture = picture_of(Workspace(tmp_path), message(line()), live=live)
    assert picture is not None
    assert picture.title == "Inference latency · chat"
    assert picture.wrong_since == NOW - 2 * FIVE
    assert picture.points == [
        Point(NOW - 8 * FIVE, 48.0),
        Point(NOW - 7 * FIVE, 49.0),
        Point(NOW - 6 * FIVE, None),
        Point(NOW - FIVE, None),
        Point(NOW, 120.0),
    ]


def test_one_value_is_no_picture(tmp_path: Path) -> None:
    assert picture_of(Workspace(tmp_path), message(line()), live={}) is None
    assert picture_of(Workspace(tmp_path), message(), live={}) is None
