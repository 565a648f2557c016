"""Two series against each other: one dot for each window in which both have a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from anfl_assets.chart.history import HOVER, number_format, titled
from anfl_assets.chart.rows import milliseconds
from anfl_assets.chart.theme import AXIS_NUMBER, SCHEMA, TIME_IN_FULL, config, theme
from anfl_assets.chart.types import Drawn, Look, Pair, Spec
from anfl_assets.wording.inert import one_line

_HEIGHT = 260
_LONGEST = 60


def scatter(
    pairs: Sequence[Pair], *, axes: tuple[str, str], look: Look, **drawn: Unpack[Drawn]
) -> Spec:
    """Return the dots; `axes` are what stands at the axes across and up, with their units."""
    rows = [{"at": milliseconds(pair.at), "x": pair.x, "y": pair.y} for pair in pairs]
    encoding = {"x": _axis("x", axes[0]), "y": _axis("y", axes[1])}
    told = [
        {"field": "at", "type": "temporal", "title": "window end", "format": TIME_IN_FULL,
         "scale": {"type": "utc"}},
        *({"field": field, "type": "quantitative", "title": one_line(name, _LONGEST),
           "format": number_format([row[field] for row in rows])}
          for field, name in zip("xy", axes, strict=True)),
    ]  # fmt: skip
    dots = {"type": "point", "filled": True, "size": 22, "opacity": 0.6}
    return {
        "$schema": SCHEMA,
        "title": titled(drawn),
        "width": drawn.get("width", "container"),
        "height": drawn.get("height", _HEIGHT),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": None,
        "config": config(look),
        "data": {"name": "points", "values": rows},
        "layer": [
            {"mark": {**dots, "color": theme(look).palette[0]}, "encoding": encoding},
            {"name": HOVER, "mark": {**dots, "size": 90, "opacity": 0},
             "encoding": {**encoding, "tooltip": told}},
        ],
    }  # fmt: skip


def _axis(field: str, name: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": False, "padding": 6},
        "axis": {"title": one_line(name, _LONGEST), "format": AXIS_NUMBER, "tickCount": 5},
    }
