"""The axes of a chart of values over time: UTC across, the metric's unit up."""

from __future__ import annotations

from datetime import timedelta

from anfl_assets.chart.theme import AXIS_NUMBER
from anfl_assets.chart.types import Spec
from anfl_assets.wording.inert import one_line

VALUE = {"field": "value", "type": "quantitative"}
# Room beside the outermost lines: a limit's name stands on its far side. (Not `nice`: that would
# put a share on an axis that goes below 0 %.)
ROOM, ROOM_OF_NAMES = 8, 18
_UNITS = {"pct": "%", "score": "score", "count": "count", "ratio": "ratio"}
_FORMATS = (
    (timedelta(hours=20), "%H:%M"),
    (timedelta(days=5), "%d %b %H:%M"),
    (timedelta(days=300), "%d %b"),
)


def unit_title(unit: str) -> str:
    """Return how a unit is written at an axis."""
    return _UNITS.get(unit, one_line(unit, 20))


def time_axis(length: timedelta, *, title: str | None) -> Spec:
    """Return the encoding of the field `at`, labelled as suits the time it spans."""
    shown = next((text for longest, text in _FORMATS if length < longest), "%b %Y")
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "title": title,
            "titleAnchor": "end",
            "grid": False,
            "labelFlush": True,
            "labelOverlap": True,
            "labelSeparation": 14,
            "tickCount": 6,
            "format": shown,
        },
    }


def value_axis(unit: str, room: int) -> Spec:
    """Return the encoding of the field `value`, with `room` pixels beside the outermost."""
    return {
        **VALUE,
        "scale": {"zero": False, "nice": False, "padding": room},
        "axis": {"title": unit_title(unit), "tickCount": 5, "format": AXIS_NUMBER,
                 "domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left",
                 "titleAnchor": "end", "titleY": -8, "titleX": 0},
    }  # fmt: skip
