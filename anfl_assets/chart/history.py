"""A metric over time: one line for each subject, target and threshold, what happened meanwhile.

The datasets are named `points` and `marks`, so that a page replaces them (`chart/rows.py` makes
their rows) without compiling anew. The time axis is UTC; a window without a value is a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from anfl_assets.chart.axes import ROOM, ROOM_OF_NAMES, VALUE, time_axis, unit_title, value_axis
from anfl_assets.chart.limits import limit_rules
from anfl_assets.chart.marked import marked
from anfl_assets.chart.rows import mark_rows, names, point_rows, span
from anfl_assets.chart.theme import SCHEMA, TIME_IN_FULL, Theme, config, theme
from anfl_assets.chart.types import Drawn, Limits, Line, Look, Mark, Spec
from anfl_assets.wording.inert import one_line

_HEIGHT = 240
# A lower chart is one of many of a page that says once that its times are UTC.
_LOW = 160
_LONGEST_TITLE = 90
_THOUSAND = 1_000
# Wide enough to be met with a mouse; a picture leaves the layer of this name out.
HOVER = "hover"


def history(
    lines: Sequence[Line],
    *,
    limits: Limits | None,
    marks: Sequence[Mark] = (),
    unit: str,
    look: Look,
    **drawn: Unpack[Drawn],
) -> Spec:
    """Return the chart of one or several subjects; points are drawn as they come, oldest first.

    Up to eight subjects have a colour and stand in the legend, the rest is grey behind them: give
    the important ones first. Without any point the chart is empty, with its axes.
    """
    colours, height = theme(look), drawn.get("height", _HEIGHT)
    x = time_axis(span(lines), title="UTC" if height >= _LOW else None)
    axes = {"x": x, "y": value_axis(unit, ROOM if limits is None else ROOM_OF_NAMES)}
    return {
        "$schema": SCHEMA,
        "title": titled(drawn),
        "width": drawn.get("width", "container"),
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": None,
        "config": config(look),
        "data": {"name": "points", "values": point_rows(lines)},
        "layer": [
            *marked(mark_rows(marks, lines), colours, x),
            *_lines(lines, unit, {**axes, "color": _colour(lines, colours)}),
            *limit_rules(limits, colours),
        ],
    }


def titled(drawn: Drawn) -> Spec | None:
    """Return the title of a chart, on one line; None where it has none."""
    if not drawn.get("title"):
        return None
    title: Spec = {"text": one_line(drawn["title"], _LONGEST_TITLE)}
    if subtitle := drawn.get("subtitle"):
        title["subtitle"] = one_line(subtitle, _LONGEST_TITLE)
    return title


def number_format(values: Sequence[float]) -> str:
    """Return the format of single values: 1,234.5, 99.95, 0.0123."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= _THOUSAND:
        return ",.1~f"
    return ",.3~f" if largest >= 1 else ",.4~r"


def _lines(lines: Sequence[Line], unit: str, encoding: Spec) -> list[Spec]:
    return [
        {"mark": {"type": "line", "strokeWidth": 1.8}, "encoding": encoding},
        {
            "transform": [{"filter": {"field": "alone", "equal": True}}],
            "mark": {"type": "point", "filled": True, "size": 18, "opacity": 1},
            "encoding": encoding,
        },
        {
            "name": HOVER,
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 0},
            "encoding": {**encoding, "tooltip": _told(lines, unit)},
        },
    ]  # fmt: skip


def _told(lines: Sequence[Line], unit: str) -> list[Spec]:
    values = [point.value for line in lines for point in line.points if point.value is not None]
    return [
        {"field": "subject", "type": "nominal", "title": "subject"},
        {"field": "at", "type": "temporal", "title": "window end", "format": TIME_IN_FULL,
         "scale": {"type": "utc"}},
        {**VALUE, "title": unit_title(unit) or "value", "format": number_format(values)},
    ]  # fmt: skip


def _colour(lines: Sequence[Line], colours: Theme) -> Spec:
    called = names(lines)
    many = len(colours.palette)
    rest = [colours.rest] * max(len(called) - many, 0)
    legend: Spec | None = None
    if len(called) > 1:
        title = f"{many} of {len(called)} subjects, the others in grey" if rest else None
        legend = {"orient": "bottom", "title": title, "symbolType": "stroke", "columns": 4,
                  "symbolStrokeWidth": 3, "symbolOpacity": 1, "values": called[:many]}  # fmt: skip
    return {
        "field": "subject",
        "type": "nominal",
        "scale": {"domain": called, "range": [*colours.palette[: len(called)], *rest]},
        "sort": None,
        "legend": legend,
    }
