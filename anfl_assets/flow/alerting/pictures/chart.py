"""The picture in a message: the metric before and during the incident, as a PNG.

Drawing only; which windows are drawn is `series.py`'s work. Target and threshold are lines, the
stretch that is wrong is shaded, a window without data is a gap. Said as Vega-Lite, whose renderer
is in the process: no browser, no network, and names from outside are only ever text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Layer = dict[str, Any]

# As wide as a mail's text column; drawn at twice the size for sharp screens.
_WIDTH, _HEIGHT, _SCALE = 520, 200, 2.0
_LONGEST_TITLE = 64
_DAY, _DAYS = timedelta(hours=20), timedelta(days=5)
_BLUE, _RED, _GREEN, _GREY = "#1f5fa8", "#c62828", "#2e7d32", "#5f6b7a"
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_CONFIG = {"font": _FONT, "view": {"stroke": None}}
_VALUE = {"field": "value", "type": "quantitative"}


@dataclass(frozen=True)
class Point:
    """The value of the window that ended at a moment; None where it had none."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Picture:
    """What is drawn: one subject of one metric, oldest window first, all in `unit`.

    `wrong_since` is when it began to be wrong, None where that is not known.
    """

    title: str
    subtitle: str
    unit: str
    points: Sequence[Point]
    target: float
    threshold: float
    wrong_since: datetime | None = None


def draw(picture: Picture) -> bytes:
    """Return the picture as a PNG."""
    import vl_convert

    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": _HEIGHT,
        "background": "white",
        "title": _title(picture),
        "config": _CONFIG,
        "layer": [*_shade(picture), _line(picture), *_limits(picture)],
    }
    return bytes(vl_convert.vegalite_to_png(spec, vl_version="5.20", scale=_SCALE))


def _title(picture: Picture) -> Layer:
    return {
        "text": _shortened(picture.title),
        "subtitle": _shortened(picture.subtitle),
        "anchor": "start",
        "fontSize": 14,
        "subtitleFontSize": 11,
        "subtitleColor": _GREY,
    }


def _line(picture: Picture) -> Layer:
    rows = [{"at": _text(point.at), "value": point.value} for point in picture.points]
    return {
        "data": {"values": rows},
        "mark": {
            "type": "line",
            "color": _BLUE,
            "strokeWidth": 1.8,
            "point": {"size": 12, "color": _BLUE},
        },
        "encoding": {"x": _time_axis(picture), "y": _value_axis(picture)},
    }


def _limits(picture: Picture) -> list[Layer]:
    """Draw both limits, each with its name on the side that is away from the other."""
    highest = max(picture.target, picture.threshold)
    limits = (("threshold", picture.threshold, _RED), ("target", picture.target, _GREEN))
    drawn = []
    for name, value, colour in limits:
        away = (
            {"baseline": "bottom", "dy": -3} if value >= highest else {"baseline": "top", "dy": 4}
        )
        label = {"type": "text", "align": "right", "color": colour, "fontSize": 11, **away}
        drawn.append(
            {
                "data": {"values": [{"value": value, "name": f"{name} {value:g}"}]},
                "encoding": {"y": _VALUE},
                "layer": [
                    {"mark": {"type": "rule", "color": colour, "strokeDash": [5, 3]}},
                    {
                        "mark": label,
                        "encoding": {"x": {"value": _WIDTH}, "text": {"field": "name"}},
                    },
                ],
            }
        )
    return drawn


def _shade(picture: Picture) -> list[Layer]:
    last = picture.points[-1].at
    if picture.wrong_since is None or picture.wrong_since >= last:
        return []
    begin = max(picture.wrong_since, picture.points[0].at)
    return [
        {
            "data": {"values": [{"at": _text(begin), "until": _text(last)}]},
            "mark": {"type": "rect", "color": _RED, "opacity": 0.12},
            "encoding": {"x": _time_axis(picture), "x2": {"field": "until"}},
        }
    ]


def _time_axis(picture: Picture) -> Layer:
    span = picture.points[-1].at - picture.points[0].at
    days = "%d %b" if span >= _DAYS else "%d %b %H:%M"
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "title": None,
            "grid": False,
            "labelFlush": True,
            "labelOverlap": True,
            "tickCount": 6,
            "format": days if span >= _DAY else "%H:%M",
        },
    }


def _value_axis(picture: Picture) -> Layer:
    return {
        **_VALUE,
        "scale": {"zero": False, "nice": True, "padding": 8},
        "axis": {"title": _shortened(picture.unit), "tickCount": 5, "gridColor": "#e6e9ee"},
    }


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def _shortened(text: str) -> str:
    """Return a text on one line that fits the picture; names come from outside."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"
