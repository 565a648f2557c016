"""Which windows a stretch of time is drawn by: few enough for a line, never averaged."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.catalog import load_catalog
from anfl_assets.pages.metric.spans import (
    MOST_WINDOWS,
    RANGES,
    finest_first,
    spanned,
    step,
    suited_grain,
    usual_range,
)

METRICS = load_catalog().metrics
END = datetime(2026, 11, 23, tzinfo=UTC)
MINUTES = ["5 minutes", "hour", "day"]
# All grains that anything is observed at.
EVERY = (*MINUTES, "week", "month", "quarter", "28 days", "30 days", "event")


@pytest.mark.parametrize(
    ("metric_id", "grains", "range_name", "grain"),
    [
        pytest.param("inference_latency", MINUTES, "24h", "5 minutes", id="a day of minutes"),
        pytest.param("inference_latency", MINUTES, "7d", "hour", id="a week of hours"),
        pytest.param("inference_latency", MINUTES, "30d", "hour", id="a month of hours"),
        pytest.param("inference_latency", MINUTES, "90d", "day", id="beyond it days"),
        pytest.param("inference_latency", ["hour", "day"], "24h", "hour", id="no minutes came"),
        pytest.param("scaling_efficiency", ["event", "day"], "7d", "event", id="events of a week"),
        pytest.param("scaling_efficiency", ["event", "day"], "30d", "day", id="too many events"),
        pytest.param("user_adoption", ["28 days", "month"], "1y", "month", id="judged first"),
        pytest.param("market_share", ["quarter"], "24h", "quarter", id="nothing finer"),
        pytest.param("market_share", [], "1y", "quarter", id="nothing measured yet"),
    ],
)
def test_a_stretch_is_drawn_by_the_finest_windows_that_fit(
    metric_id: str, grains: list[str], range_name: str, grain: str
) -> None:
    length = RANGES[range_name]
    assert length is not None
    assert suited_grain(METRICS[metric_id], grains, length) == grain


def test_of_windows_as_far_apart_those_of_the_value_above_the_chart_are_drawn() -> None:
    known, quarter = ["5 minutes", "day", "30 days"], timedelta(days=90)
    assert suited_grain(METRICS["uptime"], known, quarter) == "day"
    assert suited_grain(METRICS["uptime"], known, quarter, first="30 days") == "30 days"
    assert suited_grain(METRICS["uptime"], known, timedelta(days=1), first="30 days") == "5 minutes"


def test_windows_are_named_finest_first_and_trailing_ones_after_their_step() -> None:
    named = ["quarter", "30 days", "month", "5 minutes", "day", "week", "hour"]
    assert finest_first(named) == [
        "5 minutes", "hour", "day", "30 days", "week", "month", "quarter",
    ]  # fmt: skip


def test_a_grain_too_fine_for_a_stretch_shows_the_newest_windows_and_says_so() -> None:
    cut = spanned(END - timedelta(days=30), END, "5 minutes")
    assert cut.is_cut
    assert (cut.since, cut.until) == (END - timedelta(minutes=5 * 750), END)
    assert not spanned(END - timedelta(days=2), END, "5 minutes").is_cut


def test_events_have_no_grid_and_are_never_cut() -> None:
    assert not spanned(END - timedelta(days=400), END, "event").is_cut


@given(
    grain=st.sampled_from(EVERY).filter(lambda name: name != "event"),
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=36_500)),
)
def test_no_line_has_more_windows_than_it_can_show(grain: str, length: timedelta) -> None:
    found = spanned(END - length, END, grain)
    assert found.until == END
    assert found.length / step(grain) <= MOST_WINDOWS


@pytest.mark.parametrize(
    ("metric_id", "range_name"),
    [("inference_latency", "24h"), ("uptime", "90d"), ("scaling_efficiency", "7d"),
     ("revenue", "all"), ("feature_adoption", "1y")],
)  # fmt: skip
def test_a_page_opens_with_the_stretch_that_suits_its_windows(
    metric_id: str, range_name: str
) -> None:
    assert usual_range(METRICS[metric_id]) == range_name


def test_every_metric_of_the_catalog_opens_with_a_stretch_there_is() -> None:
    assert {usual_range(metric) for metric in METRICS.values()} <= set(RANGES)
