"""A forecast as a fan: what was observed, what is expected, its 80 and 95 % bands, both limits.

The datasets are named `points` (observed), `ahead` and `meetings`. Days are drawn at their begin,
UTC; one without a value is a gap. The description tells in words what the picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from anfl_assets.chart.axes import ROOM, ROOM_OF_NAMES, VALUE, time_axis, unit_title, value_axis
from anfl_assets.chart.fan_rows import ahead_rows, described, meeting_rows
from anfl_assets.chart.history import HOVER, number_format, titled
from anfl_assets.chart.limits import limit_rules
from anfl_assets.chart.rows import point_rows
from anfl_assets.chart.theme import SCHEMA, Theme, config, theme
from anfl_assets.chart.types import Drawn, Fan, Limits, Line, Look, Row, Spec

_HEIGHT = 260
_OBSERVED, _EXPECTED = "observed", "expected"
# As short as the legend must be to fit a phone.
_BAND_80, _BAND_95 = "80 % band", "95 % band"
_DAY = "%Y-%m-%d"
_AT = {"field": "at", "type": "temporal", "title": "day", "format": _DAY, "scale": {"type": "utc"}}


def fan_chart(
    fan: Fan, *, limits: Limits | None, unit: str, look: Look, **drawn: Unpack[Drawn]
) -> Spec:
    """Return the chart of one forecast; with nothing ahead only what was observed is drawn.

    The bands begin at the origin, the newest day with a value, which a rule marks.
    """
    colours = theme(look)
    moments = [*(point.at for point in fan.past), *(day.at for day in fan.ahead)]
    x = time_axis(max(moments) - min(moments) if moments else timedelta(), title="UTC")
    y = value_axis(unit, ROOM if limits is None else ROOM_OF_NAMES)
    rows = ahead_rows(fan)
    return {
        "$schema": SCHEMA,
        "description": described(fan, limits, unit),
        "title": titled(drawn),
        "width": drawn.get("width", "container"),
        "height": drawn.get("height", _HEIGHT),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": None,
        "config": config(look),
        "data": {"name": "points", "values": point_rows([Line(_OBSERVED, fan.past)])},
        "layer": [
            *_bands(rows, x, y, colours),
            _origin(rows, x, colours),
            # On the right the bands would stand behind the names.
            *limit_rules(limits, colours, named_at="left"),
            _line(x, y, _OBSERVED),
            {**_line(x, y, _EXPECTED, [5, 3]), "data": {"name": "ahead", "values": rows}},
            *_meetings(meeting_rows(fan), x, y, colours),
            _told(rows, unit, x, y),
        ],
    }


def _bands(rows: Sequence[Row], x: Spec, y: Spec, colours: Theme) -> list[Spec]:
    """Draw the wider band below the narrower; the legend of all four stands here."""
    scale = {
        "domain": [_OBSERVED, _EXPECTED, _BAND_80, _BAND_95],
        "range": [colours.ink, colours.palette[0], colours.band_80, colours.band_95],
    }
    legend = {"orient": "bottom", "title": None, "symbolType": "square", "symbolOpacity": 1,
              "symbolStrokeWidth": 0}  # fmt: skip
    return [
        {
            "data": {"name": "ahead", "values": rows},
            # A constant may have no legend by Vega-Lite's schema, which Altair checks: a field may.
            "transform": [{"calculate": f"'{name}'", "as": "band"}],
            "mark": {"type": "area", "opacity": 1, "aria": False},
            "encoding": {
                "x": x,
                "y": {**y, "field": f"lower_{level}"},
                "y2": {"field": f"upper_{level}"},
                "color": {"field": "band", "type": "nominal", "scale": scale, "legend": legend},
            },
        }
        for level, name in ((95, _BAND_95), (80, _BAND_80))
    ]


def _line(x: Spec, y: Spec, name: str, dash: Sequence[int] = ()) -> Spec:
    mark = {"type": "line", "strokeWidth": 1.8, "strokeDash": list(dash) or [1, 0]}
    return {"mark": mark, "encoding": {"x": x, "y": y, "color": {"datum": name}}}


def _origin(rows: Sequence[Row], x: Spec, colours: Theme) -> Spec:
    label = {"type": "text", "baseline": "top", "fontSize": 10, "align": "right", "dx": -3}
    return {
        "data": {"values": [{"at": row["at"]} for row in rows if row["is_origin"]]},
        "encoding": {"x": x},
        "layer": [
            {"mark": {"type": "rule", "color": colours.quiet, "strokeDash": [1, 3]}},
            {"mark": {**label, "color": colours.quiet, "text": "known up to here"},
             "encoding": {"y": {"value": 1}}},
        ],
    }  # fmt: skip


def _meetings(rows: Sequence[Row], x: Spec, y: Spec, colours: Theme) -> list[Spec]:
    """Mark where a level is met, with a foot on the time axis and its name beside the foot."""
    label = {
        "type": "text", "baseline": "bottom", "fontSize": 11, "fontWeight": "bold",
        "align": {"expr": "datum.is_late ? 'right' : 'left'"},
        "dx": {"expr": "datum.is_late ? -5 : 5"},
    }  # fmt: skip
    halo = {"stroke": colours.surface, "strokeWidth": 4, "strokeJoin": "round"}
    foot = {"y": {"value": {"expr": "height - 4"}}, "text": {"field": "text", "type": "nominal"}}
    return [
        {
            "data": {"name": "meetings", "values": rows},
            "encoding": {"x": x},
            "layer": [
                {"mark": {"type": "rule", "color": colours.threshold},
                 "encoding": {"y": y, "y2": {"value": {"expr": "height"}}}},
                {"mark": {"type": "point", "shape": "diamond", "filled": True, "size": 70,
                          "opacity": 1, "color": colours.threshold}, "encoding": {"y": y}},
                {"mark": {**label, **halo, "color": colours.surface}, "encoding": foot},
                {"mark": {**label, "color": colours.threshold}, "encoding": foot},
            ],
        }
    ]  # fmt: skip


def _told(rows: Sequence[Row], unit: str, x: Spec, y: Spec) -> Spec:
    """Return what a mouse meets: of a known day its value, of one to come its intervals."""
    dot = {"type": "point", "filled": True, "size": 90, "opacity": 0}
    shown = number_format([row["value"] for row in rows])
    ends = [
        {"field": f"{end}_{level}", "type": "quantitative", "title": f"{level} % {word}",
         "format": shown}
        for level in (80, 95)
        for end, word in (("lower", "from"), ("upper", "to"))
    ]  # fmt: skip
    name = unit_title(unit) or "value"
    observed = {"tooltip": [_AT, {**VALUE, "title": f"{_OBSERVED} {name}", "format": shown}]}
    expected = {"tooltip": [_AT, {**VALUE, "title": f"{_EXPECTED} {name}", "format": shown}, *ends]}
    return {
        "name": HOVER,
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": dot, "encoding": observed},
            {
                "data": {"name": "ahead", "values": list(rows)},
                "transform": [{"filter": {"field": "is_origin", "equal": False}}],
                "mark": dot,
                "encoding": expected,
            },
        ],
    }
