"""Parts of a whole or of a change, as bars across: what each adds, with its sign and its number.

Bars stand in the order given. Which sign is good depends on the metric, so the two colours are
neutral and the sign stands in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from anfl_assets.chart.axes import unit_title
from anfl_assets.chart.history import titled
from anfl_assets.chart.rows import names
from anfl_assets.chart.theme import AXIS_NUMBER, SCHEMA, config, theme
from anfl_assets.chart.types import Bar, Drawn, Line, Look, Spec

_STEP = 26
_LABEL_PX = 160
# Room for a number such as `-14.04 points` beside the longest bars.
_ROOM_PX = 96


def bars(parts: Sequence[Bar], *, unit: str, look: Look, **drawn: Unpack[Drawn]) -> Spec:
    """Return the bars of some parts; the dataset is named `points`: name, value, text."""
    colours = theme(look)
    named = names([Line(part.name, ()) for part in parts])
    rows = [
        {"name": name, "value": part.value, "text": part.text, "is_negative": part.value < 0}
        for name, part in zip(named, parts, strict=True)
    ]
    negative = {"test": {"field": "is_negative", "equal": True}}
    value = {"field": "value", "type": "quantitative"}
    label = {"type": "text", "baseline": "middle", "color": colours.ink, "fontSize": 11}
    return {
        "$schema": SCHEMA,
        "title": titled(drawn),
        "width": drawn.get("width", "container"),
        "height": _STEP * max(len(rows), 1),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": None,
        "config": config(look),
        "data": {"name": "points", "values": rows},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None,
                  "axis": {"title": None, "labelLimit": _LABEL_PX, "ticks": False,
                           "domain": False, "labelColor": colours.ink}},
            "x": {**value, "scale": {"padding": _ROOM_PX, "nice": False},
                  "axis": {"title": unit_title(unit), "format": AXIS_NUMBER, "tickCount": 5}},
        },
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.62}},
             "encoding": {"color": {"condition": {**negative, "value": colours.palette[1]},
                                    "value": colours.palette[0]}}},
            _label(label, is_negative=False),
            _label(label, is_negative=True),
        ],
    }  # fmt: skip


def _label(label: Spec, *, is_negative: bool) -> Spec:
    beside = {"align": "right", "dx": -5} if is_negative else {"align": "left", "dx": 5}
    return {
        "transform": [{"filter": {"field": "is_negative", "equal": is_negative}}],
        "mark": {**label, **beside},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
