"""Live windows on a chart: behind those that were built, in the place of those they overlap."""

from datetime import UTC, datetime, timedelta

import polars as pl

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.live import LiveBoard
from anfl_assets.pages.metric.asked import Asked
from anfl_assets.pages.metric.live_points import with_live
from anfl_assets.pages.metric.spans import Span
from anfl_assets.pages.metric.view import View
from anfl_assets.report.course import Points

METRICS = load_catalog().metrics
END = datetime(2026, 11, 23, tzinfo=UTC)
FIVE = timedelta(minutes=5)
BUILT: dict[str, Points] = {"chat": [(END - FIVE, 40.0), (END, 41.0)], "search": [(END, 20.0)]}
WINDOWS = pl.DataFrame(
    {
        "metric_id": ["inference_latency", "inference_latency", "throughput", "inference_latency"],
        "subject": ["chat", "chat", "chat", "new"],
        "grain": ["5 minutes"] * 4,
        "window_end_at": [END + FIVE, END, END + FIVE, END + FIVE],
        "value": [120.0, 43.0, 9.0, 7.0],
    }
)
BOARD = LiveBoard([], (), frozenset(), WINDOWS)


def view(asked: Asked, grain: str = "5 minutes") -> View:
    return View(asked, [], Span(END - timedelta(days=1), END, grain), {})


def test_live_windows_go_on_where_the_build_ended_and_replace_what_they_overlap() -> None:
    assert with_live(view(Asked(METRICS["inference_latency"])), BUILT, BOARD) == {
        "chat": [(END - FIVE, 40.0), (END, 43.0), (END + FIVE, 120.0)],
        "search": [(END, 20.0)],
        "new": [(END + FIVE, 7.0)],
    }


def test_a_subject_that_is_not_asked_for_does_not_come_in_live() -> None:
    asked = Asked(METRICS["inference_latency"], ("chat",))
    assert with_live(view(asked), {"chat": BUILT["chat"]}, BOARD).keys() == {"chat"}


def test_a_stretch_that_ends_itself_and_longer_windows_stay_as_built() -> None:
    ended = Asked(METRICS["inference_latency"], until=END)
    assert with_live(view(ended), BUILT, BOARD) == BUILT
    assert with_live(view(Asked(METRICS["inference_latency"]), "hour"), BUILT, BOARD) == BUILT
