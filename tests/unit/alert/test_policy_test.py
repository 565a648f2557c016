"""Policy tests: how series and moments are written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anfl_assets.alert.policy_test import MOST_WINDOWS, expanded, offset
from anfl_assets.alert.read_acts import parse_span


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("40x3", (40, 40, 40, 40), id="one and three more, as promtool counts"),
        pytest.param("1+2x2 5-0.5x1", (1, 3, 5, 5, 4.5), id="rising and falling"),
        pytest.param("_ 1 _x2 ?x2 ?", ("_", 1, "_", "_", "?", "?", "?"), id="none"),
        pytest.param("-1e2 .5", (-100, 0.5), id="numbers"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_series_are_written_as_promtool_writes_them(text: str, values: tuple[object, ...]) -> None:
    assert expanded(text) == values


@pytest.mark.parametrize("text", ["x3", "40x", "forty", "1x-1", f"1x{MOST_WINDOWS}", "nan"])
def test_anything_else_is_no_series(text: str) -> None:
    assert expanded(text) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("0", timedelta()),
        ("", None),
        ("5 minutes", None),
        ("m", None),
    ],
)
def test_moments_are_written_as_prometheus_writes_spans(text: str, span: timedelta | None) -> None:
    assert parse_span(text) == span


def test_moments_are_written_back_as_they_are_read() -> None:
    spans = [timedelta(), timedelta(seconds=90), timedelta(hours=1, minutes=30)]
    assert [offset(each) for each in spans] == ["0m", "1m30s", "1h30m"]
