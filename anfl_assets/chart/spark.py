"""A line as small as a word, with the target as a faint line: the shape of a tile.

Everything that differs from tile to tile stands in the dataset `points`, so that a page compiles
the chart once and gives each tile its rows (`rows.spark_rows`).
"""

from __future__ import annotations

from collections.abc import Sequence

from anfl_assets.chart.rows import spark_rows
from anfl_assets.chart.theme import SCHEMA, config, theme
from anfl_assets.chart.types import Look, Point, Spec

_WIDTH, _HEIGHT = 140, 34


def spark(
    points: Sequence[Point] = (),
    *,
    look: Look,
    target: float | None = None,
    width: int = _WIDTH,
    height: int = _HEIGHT,
) -> Spec:
    """Return the sparkline of some points, oldest first; without any it is empty."""
    colours = theme(look)
    scale = {"zero": False, "nice": False, "padding": 3}
    x = {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": None}
    value = {"field": "value", "type": "quantitative", "scale": scale, "axis": None}
    target_line = {"type": "line", "color": colours.target, "strokeDash": [2, 2], "opacity": 0.8}
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "padding": 1,
        "background": None,
        "config": config(look),
        "data": {"name": "points", "values": spark_rows(points, target=target)},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {**target_line, "strokeWidth": 1},
                "encoding": {"y": {**value, "field": "target"}},
            },
            {
                "mark": {"type": "line", "color": colours.palette[0], "strokeWidth": 1.5},
                "encoding": {"y": value},
            },
            {
                "transform": [{"filter": {"field": "dot", "equal": True}}],
                "mark": {"type": "point", "filled": True, "size": 16, "opacity": 1,
                         "color": colours.palette[0]},
                "encoding": {"y": value},
            },
        ],
    }  # fmt: skip
